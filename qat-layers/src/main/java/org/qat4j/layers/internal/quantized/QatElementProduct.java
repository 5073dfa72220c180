package org.qat4j.layers.internal.quantized;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantizing.LayerSetup;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantParamInitializer;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.internal.quantizing.WeightShape;

/** A product of each channel with a weight of its own, under quantization. */
public class QatElementProduct extends ElementWiseMultiplicationLayer implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatElementProduct() {}

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
    return Map.of(DefaultParamInitializer.WEIGHT_KEY, new WeightShape(getNOut(), 1));
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
        new QatElementProductImpl(conf, type), listeners, index, view, initialize);
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
