package org.qat4j.layers.internal.quantizing;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.guava.collect.MapMaker;
import org.qat4j.QatException;

/**
 * Finds the quantizers of the other layers of a network. DL4J gives a layer no way to its
 * neighbours; but all layers of a network hold views of one parameter buffer, and that is the key
 * here. Nothing is kept alive by being listed.
 */
final class QuantizerRegistry {
  private static final Map<DataBuffer, Map<String, WeakReference<LayerQuantizer>>> NETWORKS =
      new MapMaker().weakKeys().makeMap();

  private QuantizerRegistry() {}

  private static DataBuffer root(INDArray view) {
    DataBuffer buffer = view.data();
    DataBuffer original = buffer.originalDataBuffer();
    return original == null ? buffer : original;
  }

  static void register(INDArray paramsView, String layer, LayerQuantizer quantizer) {
    Map<String, WeakReference<LayerQuantizer>> network =
        NETWORKS.computeIfAbsent(root(paramsView), b -> new HashMap<>());
    synchronized (network) {
      network.put(layer, new WeakReference<>(quantizer));
    }
  }

  /** The quantizer of a layer, or null. */
  static LayerQuantizer findOrNull(INDArray paramsView, String layer) {
    Map<String, WeakReference<LayerQuantizer>> network = NETWORKS.get(root(paramsView));
    if (network == null) {
      return null;
    }
    synchronized (network) {
      WeakReference<LayerQuantizer> found = network.get(layer);
      return found == null ? null : found.get();
    }
  }

  static LayerQuantizer find(INDArray paramsView, String layer) {
    LayerQuantizer quantizer = findOrNull(paramsView, layer);
    if (quantizer != null) {
      return quantizer;
    }
    throw new QatException(
        "the network has no quantized layer \"" + layer + "\", whose scale another layer uses");
  }
}
