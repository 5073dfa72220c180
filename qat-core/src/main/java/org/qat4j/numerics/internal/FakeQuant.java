package org.qat4j.numerics.internal;

import java.util.Arrays;

/**
 * Fake quantization of values that share one scale, forward and backward. With n = rint(x / s), or
 * ⌊x / s + u⌋ for noise u in [0, 1) where rounding is stochastic:
 *
 * <pre>
 * where n lies               x̂ (2), (1)     ∂x̂/∂x (13)   ∂x̂/∂s (14)      ∂x̂/∂z (14)
 * n &lt; qmin − z               s·(qmin − z)   0            qmin − z        −s
 * qmin − z ≤ n ≤ qmax − z    s·n            1            n − x / s       0
 * n &gt; qmax − z               s·(qmax − z)   0            qmax − z        −s
 * </pre>
 *
 * "Inside" is judged on the rounded code, so that a value which rounds to the last code is not
 * clipped. Values that were clipped are marked in bits: value i in bit i mod 64 of word i / 64.
 */
public final class FakeQuant {
  private FakeQuant() {}

  /**
   * Replaces x[from … to) by x̂.
   *
   * <p>Loops that a compiler turns into vector instructions, unlike {@link Math#rint}: a quotient
   * is clamped to one step beyond the range, which moves no code and leaves what lies outside
   * there, and is then small enough for {@link Rounding#INTEGERS_ONLY} to round it.
   *
   * @param codes takes n, clamped to one step beyond the range, at the same places
   * @param low qmin − z
   * @param high qmax − z
   * @param clipped marks of the values, clear before the call
   * @param first number of the mark of x[from]
   * @return whether any value was clipped
   */
  public static boolean forward(
      float[] x,
      float[] codes,
      int from,
      int to,
      float scale,
      float low,
      float high,
      long[] clipped,
      int first) {
    float below = low - 1;
    float above = high + 1;
    for (int i = from; i < to; i++) {
      float n = Math.max(below, Math.min(above, x[i] / scale));
      codes[i] = n + Rounding.INTEGERS_ONLY - Rounding.INTEGERS_ONLY;
    }
    for (int i = from; i < to; i++) {
      x[i] = Math.max(low, Math.min(high, codes[i]));
    }
    boolean out = !Arrays.equals(x, from, to, codes, from, to);
    if (out) {
      mark(codes, from, to, low, high, clipped, first);
    }
    for (int i = from; i < to; i++) {
      x[i] = scale * x[i];
    }
    return out;
  }

  /**
   * The same with stochastic rounding, or with the derivative by the scale, or with both.
   *
   * @param noise u of each value, in [0, 1), or null to round to nearest
   * @param noiseFrom place of the noise of x[from]
   * @param byScale takes ∂x̂/∂s of x[i] at place i; or null
   */
  public static boolean forward(
      float[] x,
      int from,
      int to,
      float scale,
      float low,
      float high,
      long[] clipped,
      int first,
      float[] noise,
      int noiseFrom,
      float[] byScale) {
    if (noise == null && byScale != null) {
      boolean outside = derive(x, from, to, scale, low, high, byScale);
      if (outside) {
        mark(x, from, to, low, high, clipped, first);
      }
      scale(x, from, to, scale, low, high);
      return outside;
    }
    boolean out = false;
    for (int i = from; i < to; i++) {
      float r = x[i] / scale;
      float n =
          (float) (noise == null ? Math.rint(r) : Math.floor(r + noise[noiseFrom + i - from]));
      boolean outside = n < low || n > high;
      if (byScale != null) {
        byScale[i] = outside ? Math.max(low, Math.min(high, n)) : n - r;
      }
      out |= outside;
      x[i] = n;
    }
    if (out) {
      mark(x, from, to, low, high, clipped, first);
    }
    scale(x, from, to, scale, low, high);
    return out;
  }

  /**
   * Replaces x by n, clamped to one step beyond the range, and writes ∂x̂/∂s, in loops that a
   * compiler turns into vector instructions.
   *
   * @return whether any value lies outside
   */
  private static boolean derive(
      float[] x, int from, int to, float scale, float low, float high, float[] byScale) {
    float below = low - 1;
    float above = high + 1;
    for (int i = from; i < to; i++) {
      float r = Math.max(below, Math.min(above, x[i] / scale));
      byScale[i] = r;
      x[i] = r + Rounding.INTEGERS_ONLY - Rounding.INTEGERS_ONLY;
    }
    float farthest = 0;
    for (int i = from; i < to; i++) {
      float n = Math.max(low, Math.min(high, x[i]));
      float beyond = Math.min(1, Math.abs(x[i] - n));
      byScale[i] = n - (1 - beyond) * byScale[i];
      farthest = Math.max(farthest, beyond);
    }
    return farthest > 0;
  }

  /**
   * Replaces x[0 … n) by x̂ where the codes reach as far as the values, so that none is clipped.
   */
  public static void covered(float[] x, int n, float scale) {
    for (int i = 0; i < n; i++) {
      x[i] = scale * (x[i] / scale + Rounding.INTEGERS_ONLY - Rounding.INTEGERS_ONLY);
    }
  }

  /**
   * The same for rows of values that have a scale each.
   *
   * @param n a multiple of the number of scales
   */
  public static void covered(float[] x, int n, float[] scales) {
    for (int row = 0; row < n; row += scales.length) {
      for (int c = 0; c < scales.length; c++) {
        float code = x[row + c] / scales[c] + Rounding.INTEGERS_ONLY - Rounding.INTEGERS_ONLY;
        x[row + c] = scales[c] * code;
      }
    }
  }

  /**
   * Raises largest[c] to the magnitude of each value c of rows; to NaN where one is.
   *
   * @param n a multiple of the length of a row
   */
  public static void magnitudes(float[] x, int n, float[] largest) {
    for (int row = 0; row < n; row += largest.length) {
      for (int c = 0; c < largest.length; c++) {
        largest[c] = Math.max(largest[c], Math.abs(x[row + c]));
      }
    }
  }

  private static void mark(
      float[] n, int from, int to, float low, float high, long[] clipped, int first) {
    for (int i = from; i < to; i++) {
      if (n[i] < low || n[i] > high) {
        int bit = first + i - from;
        clipped[bit >> 6] |= 1L << bit;
      }
    }
  }

  private static void scale(float[] n, int from, int to, float scale, float low, float high) {
    for (int i = from; i < to; i++) {
      n[i] = scale * Math.max(low, Math.min(high, n[i]));
    }
  }
}
