package org.qat4j.runtime.internal;

import java.util.Arrays;
import org.qat4j.model.IntVector;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Requantize;

/** From the accumulators of one position to q − z, by (7) and (8). */
final class Requantization {
  /** Added first, (channels). */
  final int[] bias;

  /** Multipliers (7), (channels). */
  final float[] m;

  /** Smallest q − z. */
  final int lo;

  /** Largest q − z. */
  final int hi;

  private Requantization(int[] bias, float[] m, int lo, int hi) {
    this.bias = bias;
    this.m = m;
    this.lo = lo;
    this.hi = hi;
  }

  /** Of a product with weights {@code w}. */
  static Requantization ofProduct(
      QuantParams in, QuantizedTensor w, IntVector bias, Output.Codes out) {
    QuantParams params = out.params();
    float[] m = new float[w.dim(0)];
    QuantizedTensor scaled = out.scaled(w);
    for (int c = 0; c < m.length; c++) {
      m[c] = Requantize.multiplier(in.scale(), scaled.scale(c), params.scale());
    }
    int z = params.zeroPoint();
    return new Requantization(bias.toArray(), m, out.lo() - z, out.hi() - z);
  }

  /** Of a sum over {@code n} steps, whose mean is wanted (10). */
  static Requantization ofMean(QuantParams in, int n, int channels, QuantParams out) {
    float[] m = new float[channels];
    Arrays.fill(m, Requantize.multiplier(in.scale(), 1f / n, out.scale()));
    int z = out.zeroPoint();
    return new Requantization(new int[channels], m, out.qmin() - z, out.qmax() - z);
  }

  int channels() {
    return m.length;
  }
}
