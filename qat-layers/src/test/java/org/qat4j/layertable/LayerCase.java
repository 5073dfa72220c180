package org.qat4j.layertable;

import java.util.Random;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * A row of docs/layers.md: a layer called {@link #SUBJECT} in a small network, not as its first
 * layer.
 *
 * @param layer what the row is called
 * @param limits which configurations of the layer are refused, or "" for none
 * @param network makes the network, not initialized
 * @param data makes batches for it
 * @param refusal part of the message with which the layer is refused; null where it is quantized
 */
record LayerCase(
    String layer, String limits, Function<DataType, Model> network, Batches data, String refusal) {
  /** Name of the layer in its network. */
  static final String SUBJECT = "subject";

  /** Makes batches with labels, and masks where the network needs them. */
  @FunctionalInterface
  interface Batches {
    MultiDataSet draw(Random random, int examples, DataType type);
  }

  /** A layer that is quantized. */
  static LayerCase of(
      String layer, String limits, Function<DataType, Model> network, Batches data) {
    return new LayerCase(layer, limits, network, data, null);
  }

  /** A layer that is refused with a reason. */
  static LayerCase refused(String layer, String reason, Function<DataType, Model> network) {
    return new LayerCase(layer, "", network, null, reason);
  }

  Model create(DataType type) {
    Model made = network.apply(type);
    made.init();
    return made;
  }

  @Override
  public String toString() {
    return layer;
  }
}
