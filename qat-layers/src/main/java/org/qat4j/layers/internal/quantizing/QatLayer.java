package org.qat4j.layers.internal.quantizing;

/** A layer that trains under quantization. */
public interface QatLayer {
  /** Its quantizers and their state. */
  LayerQuantizer quantizer();
}
