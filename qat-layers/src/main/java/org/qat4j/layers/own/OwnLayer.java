package org.qat4j.layers.own;

import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Implemented by the configuration of a layer of a user's own that can be quantized: it names the
 * class that takes its place, a subclass with the same fields that implements {@link
 * OwnQuantizedLayer}. See docs/layers.md.
 */
public interface OwnLayer {
  /** The class under quantization. */
  Class<? extends Layer> quantized();
}
