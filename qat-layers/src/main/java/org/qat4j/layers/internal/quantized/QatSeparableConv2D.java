package org.qat4j.layers.internal.quantized;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
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
 * A convolution of each channel by itself, and a product of the channels of each pixel, under
 * quantization, NCHW. What lies between is rounded too.
 */
public class QatSeparableConv2D extends SeparableConvolution2D implements QatLayerConf {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  /** For DL4J's JSON reader. */
  public QatSeparableConv2D() {}

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
    long between = getNIn() * getDepthMultiplier();
    long taps = (long) getKernelSize()[0] * getKernelSize()[1];
    Map<String, WeightShape> shapes = new TreeMap<>(); // in an order that is always the same
    shapes.put(
        SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY, new WeightShape(between, taps));
    shapes.put(
        SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY,
        new WeightShape(getNOut(), between));
    return shapes;
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
        new QatSeparableConv2DImpl(conf, type), listeners, index, view, initialize);
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
