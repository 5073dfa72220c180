package org.qat4j.layers.internal.quantizing;

import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;

/** Configuration of a layer that trains under quantization. */
public interface QatLayerConf {
  QuantSettings getQuant();

  void setQuant(QuantSettings quant);

  /** The parameters that are matrices of weights, by their keys. */
  default Map<String, WeightShape> weightShapes() {
    if (!(this instanceof FeedForwardLayer layer)) {
      return Map.of();
    }
    long row = layer.getNIn();
    if (layer instanceof Convolution1DLayer convolution) {
      row *= convolution.getKernelSize()[0];
    } else if (layer instanceof ConvolutionLayer convolution) {
      row *= (long) convolution.getKernelSize()[0] * convolution.getKernelSize()[1];
    }
    return Map.of(
        DefaultParamInitializer.WEIGHT_KEY,
        getQuant().gathers()
            ? new WeightShape(layer.getNIn(), layer.getNOut())
            : new WeightShape(layer.getNOut(), row));
  }
}
