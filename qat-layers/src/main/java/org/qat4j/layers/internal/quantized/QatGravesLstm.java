package org.qat4j.layers.internal.quantized;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantizing.LayerSetup;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantParamInitializer;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.internal.quantizing.WeightShape;

/** An LSTM with peepholes under quantization (16), NCW. */
@SuppressWarnings("deprecation") // GravesLSTM, which old models are full of
public class QatGravesLstm extends GravesLSTM implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatGravesLstm() {}

  @Override
  public QuantSettings getQuant() {
    return quant;
  }

  @Override
  public void setQuant(QuantSettings quant) {
    this.quant = quant;
  }

  @Override
  public Map<String, WeightShape> weightShapes() {
    return RecurrentImpl.weightShapes(4 * getNOut(), 4 * getNOut() + 3, this);
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return LayerSetup.connect(new RecurrentImpl(conf, type), listeners, index, view, initialize);
  }

  @Override
  public ParamInitializer initializer() {
    return new QuantParamInitializer(super.initializer(), quant);
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return LayerSetup.updater(quant, key, super.getUpdaterByParam(key));
  }
}
