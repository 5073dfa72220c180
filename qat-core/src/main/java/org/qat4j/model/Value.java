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
  static final int MAX_EXPONENT = 8;

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

  /** Scale of the codes of a channel. */
  public float scale(int channel) {
    return hasChannelScales() ? Math.scalb(params.scale(), exponents.get(channel)) : params.scale();
  }

  /** Scale of each channel. */
  public float[] scales() {
    float[] scales = new float[shape.get(shape.size() - 1)];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = scale(c);
    }
    return scales;
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
    float[] scales = scales();
    for (int i = 0; i < reals.length; i++) {
      reals[i] = scales[i % scales.length] * (float) (codes[i] - params.zeroPoint());
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
