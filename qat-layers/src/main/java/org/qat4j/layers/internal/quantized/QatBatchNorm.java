package org.qat4j.layers.internal.quantized;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantizing.LayerSetup;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantParamInitializer;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.internal.quantizing.WeightShape;

/**
 * Batch normalization under quantization. Behind a product without an activation function it is
 * folded into that product; elsewhere it is a product of each channel by itself. Running statistics
 * are kept from the step on that the schedule says.
 */
public class QatBatchNorm extends BatchNormalization implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatBatchNorm() {}

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
    return Map.of(); // its factors are folded, or a product of their own
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return LayerSetup.connect(new QatBatchNormImpl(conf, type), listeners, index, view, initialize);
  }

  @Override
  public ParamInitializer initializer() {
    return new QuantParamInitializer(super.initializer(), quant);
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    boolean own = super.initializer().paramKeys(this).contains(key);
    return LayerSetup.updater(quant, key, own ? super.getUpdaterByParam(key) : null);
  }
}
