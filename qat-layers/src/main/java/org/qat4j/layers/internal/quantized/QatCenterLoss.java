package org.qat4j.layers.internal.quantized;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantizing.LayerSetup;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantParamInitializer;
import org.qat4j.layers.internal.quantizing.QuantSettings;

/**
 * The last dense layer under quantization with a loss that draws classes together; see {@link
 * QatOutput}.
 */
public class QatCenterLoss extends CenterLossOutputLayer implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatCenterLoss() {}

  @Override
  public QuantSettings getQuant() {
    return quant;
  }

  @Override
  public void setQuant(QuantSettings quant) {
    this.quant = quant;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return LayerSetup.connect(
        new QatCenterLossImpl(conf, type), listeners, index, view, initialize);
  }

  @Override
  public ParamInitializer initializer() {
    return new QuantParamInitializer(new WithCenters(), quant);
  }

  /** DL4J's own forgets the centers where it is asked for a layer. */
  private static final class WithCenters extends CenterLossParamInitializer {
    @Override
    public long numParams(org.deeplearning4j.nn.conf.layers.Layer layer) {
      FeedForwardLayer sizes = (FeedForwardLayer) layer;
      return super.numParams(layer) + sizes.getNIn() * sizes.getNOut();
    }

    @Override
    public long numParams(NeuralNetConfiguration conf) {
      return numParams(conf.getLayer());
    }

    @Override
    public List<String> paramKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      List<String> keys = new ArrayList<>(super.paramKeys(layer));
      keys.add(CENTER_KEY);
      return keys;
    }
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return LayerSetup.updater(quant, key, super.getUpdaterByParam(key));
  }
}
