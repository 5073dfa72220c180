package org.qat4j.runtime;

/** Softmax in float32, always in the same order, so that it gives the same bits everywhere. */
final class Softmax {
  private Softmax() {}

  /**
   * exp(x − max) / Σ exp(x − max) of {@code n} values, summed from the first to the last.
   *
   * @param in values from {@code at}
   * @param out results from {@code at}; may be {@code in}
   */
  static void apply(float[] in, float[] out, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, in[i]);
    }
    float sum = 0;
    for (int i = at; i < at + n; i++) {
      out[i] = (float) StrictMath.exp(in[i] - max);
      sum += out[i];
    }
    for (int i = at; i < at + n; i++) {
      out[i] /= sum;
    }
  }
}
