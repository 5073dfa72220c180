package org.qat4j.model;

import java.util.List;
import org.qat4j.numerics.QuantParams;

/**
 * Type of a value in the model.
 *
 * @param shape [channels], [steps, channels] or [height, width, channels]; [steps] for token ids
 * @param params meaning of the codes, or null where the value is token ids or real
 * @param tokens whether the value is token ids
 */
public record Value(List<Integer> shape, QuantParams params, boolean tokens) {
  public Value {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public int size() {
    int n = 1;
    for (int d : shape) {
      n *= d;
    }
    return n;
  }

  /** The real values that codes of this value stand for (1). */
  public float[] dequantize(int[] codes) {
    float[] reals = new float[codes.length];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = params.dequantize(codes[i]);
    }
    return reals;
  }

  public boolean isCodes() {
    return params != null;
  }

  public boolean isReal() {
    return params == null && !tokens;
  }
}
