package org.qat4j.layers.internal.quantized;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantizing.LayerSetup;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantParamInitializer;
import org.qat4j.layers.internal.quantizing.QuantSettings;

/** A function with a slope for each value, under quantization. Slopes have no grid of their own. */
public class QatPRelu extends PReLULayer implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatPRelu() {}

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
    return LayerSetup.connect(new QatPReluImpl(conf, type), listeners, index, view, initialize);
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
