package org.qat4j.model;

import java.util.List;
import org.qat4j.numerics.QuantParams;

/**
 * Type of a value in the model.
 *
 * @param shape [channels], [steps, channels] or [height, width, channels]; [steps] for token ids
 * @param params meaning of the codes, or null where the value is token ids or real
 * @param tokens whether the value is token ids
 * @param exponents e of each channel, whose codes mean 2^e·s·(q − z); empty for one scale
 */
public record Value(List<Integer> shape, QuantParams params, boolean tokens, IntVector exponents) {
  /** Of codes whose channels have no scales of their own. */
  public static final IntVector ONE_SCALE = IntVector.of();

  /** The largest e: a byte times 2^e is one of 16 bits. */
  public static final int MAX_EXPONENT = 8;

  public Value {
    shape = List.copyOf(shape);
  }

  /** With one scale for all channels. */
  public Value(List<Integer> shape, QuantParams params, boolean tokens) {
    this(shape, params, tokens, ONE_SCALE);
  }

  /** Whether channels have scales of their own, a power of two apart. */
  public boolean hasChannelScales() {
    return exponents.size() > 0;
  }

  /** The e of an element, row-major; 0 for one scale. */
  public int exponent(int element) {
    return hasChannelScales() ? exponents.get(element % exponents.size()) : 0;
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
      reals[i] = Math.scalb(params.dequantize(codes[i]), exponent(i));
    }
    return reals;
  }

  /** The code (2) of a real value as an element of this one, row-major. */
  public int quantize(float real, int element) {
    return params.quantize(Math.scalb(real, -exponent(element)));
  }

  public boolean isCodes() {
    return params != null;
  }

  public boolean isReal() {
    return params == null && !tokens;
  }
}
