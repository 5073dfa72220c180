package org.qat4j.layers;

/** Configuration of a layer that trains under quantization. */
public interface QatLayerConf {
  QuantSettings getQuant();

  void setQuant(QuantSettings quant);
}
