package org.qat4j.layers;

import java.util.Map;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;

/** Configuration of a layer that trains under quantization. */
public interface QatLayerConf {
  QuantSettings getQuant();

  void setQuant(QuantSettings quant);

  /** Output channels of each parameter that is a matrix of weights, by its key. */
  default Map<String, Long> weightChannels() {
    return this instanceof FeedForwardLayer layer
        ? Map.of(DefaultParamInitializer.WEIGHT_KEY, layer.getNOut())
        : Map.of();
  }
}
