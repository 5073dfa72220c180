package org.qat4j.quantizer;

import java.io.Serializable;

/**
 * How one layer is quantized.
 *
 * @param weights its weights; of an embedding, the rows of its table
 * @param activations what it reads and what it hands on
 */
public record LayerSpec(WeightSpec weights, ActivationSpec activations) implements Serializable {

  /**
   * The usual choice at any number of bits: see {@link WeightSpec#of}, {@link ActivationSpec#of}.
   */
  public static LayerSpec of(int weightBits, int activationBits) {
    return new LayerSpec(WeightSpec.of(weightBits), ActivationSpec.of(activationBits));
  }

  /** 8 bits for everything. */
  public static LayerSpec int8() {
    return of(8, 8);
  }

  public LayerSpec withWeights(WeightSpec value) {
    return new LayerSpec(value, activations);
  }

  public LayerSpec withActivations(ActivationSpec value) {
    return new LayerSpec(weights, value);
  }
}
