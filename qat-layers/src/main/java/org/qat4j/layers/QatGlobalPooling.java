package org.qat4j.layers;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Global average pooling under quantization (10). */
public class QatGlobalPooling extends GlobalPoolingLayer implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatGlobalPooling() {}

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
    QatGlobalPoolingImpl layer = new QatGlobalPoolingImpl(conf, type);
    LayerSetup.connect(layer, layer.quantizer(), listeners, index, view, initialize);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return new QuantStateInitializer(super.initializer());
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return new NoOp();
  }

  @Override
  public List<Regularization> getRegularizationByParam(String key) {
    return null;
  }
}
