package org.qat4j.runtime.internal;

import static jdk.incubator.vector.VectorOperators.I2F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.qat4j.numerics.internal.AccumulatorBound;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.runtime.RuntimeOptions;

/**
 * The loops of {@link ScalarKernels} in the Vector API. Public only because a service provider has
 * to be; found by {@link KernelChoice} where the module jdk.incubator.vector is present, and never
 * loaded elsewhere.
 */
public final class VectorKernels implements Kernels {
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, INTS.vectorShape());
  static final int LANES = INTS.length();

  /** Two vectors: what the loops over rows take at once. */
  static final int PANEL = 2 * LANES;

  /** Measured: docs/benchmarks.md. */
  private static final int SPARSE_ONE_IN = 80;

  /**
   * Floats in [2^23, 2^24) are integers, and their lowest bits count them: adding this to |x| ≤
   * 2^22 rounds to the nearest, ties to even, by IEEE 754. JDK 17 has no fast conversion of vectors
   * from float to int.
   */
  static final float ROUND = 0x1.8p23f;

  /** To be subtracted from its bits then. */
  static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  /** For the service loader. */
  public VectorKernels() {}

  @Override
  public RuntimeOptions.Kernel kind() {
    return RuntimeOptions.Kernel.VECTOR;
  }

  @Override
  public int pitch(int n) {
    return (n + PANEL - 1) / PANEL * PANEL;
  }

  @Override
  public void sum(int[][] rows, int from, int count, int[] acc) {
    for (int c = 0; c < acc.length; c += PANEL) {
      IntVector sum0 = IntVector.fromArray(INTS, rows[from], c);
      IntVector sum1 = IntVector.fromArray(INTS, rows[from], c + LANES);
      for (int j = from + 1; j < from + count; j++) {
        sum0 = sum0.add(IntVector.fromArray(INTS, rows[j], c));
        sum1 = sum1.add(IntVector.fromArray(INTS, rows[j], c + LANES));
      }
      sum0.intoArray(acc, c);
      sum1.intoArray(acc, c + LANES);
    }
  }

  @Override
  public void sumMax(int[][] rows, int from, int count, int positions, int[] scratch, int[] max) {
    for (int p = 0; p < positions; p++) {
      sumMax(rows, from + p * count, count, max);
    }
  }

  private static void sumMax(int[][] rows, int from, int count, int[] max) {
    for (int c = 0; c < max.length; c += PANEL) {
      IntVector sum0 = IntVector.fromArray(INTS, rows[from], c);
      IntVector sum1 = IntVector.fromArray(INTS, rows[from], c + LANES);
      for (int j = from + 1; j < from + count; j++) {
        sum0 = sum0.add(IntVector.fromArray(INTS, rows[j], c));
        sum1 = sum1.add(IntVector.fromArray(INTS, rows[j], c + LANES));
      }
      sum0.max(IntVector.fromArray(INTS, max, c)).intoArray(max, c);
      sum1.max(IntVector.fromArray(INTS, max, c + LANES)).intoArray(max, c + LANES);
    }
  }

  @Override
  public void add(int[] x, int at, int[] acc, int n) {
    int c = 0;
    for (; c + LANES <= n; c += LANES) {
      IntVector.fromArray(INTS, x, at + c).add(IntVector.fromArray(INTS, acc, c)).intoArray(acc, c);
    }
    for (; c < n; c++) {
      acc[c] += x[at + c];
    }
  }

  @Override
  public void max(int[] x, int at, int[] max, int n) {
    int c = 0;
    for (; c + LANES <= n; c += LANES) {
      IntVector.fromArray(INTS, x, at + c).max(IntVector.fromArray(INTS, max, c)).intoArray(max, c);
    }
    for (; c < n; c++) {
      max[c] = Math.max(max[c], x[at + c]);
    }
  }

  @Override
  public void requantize(int[] acc, int at, Requantization r, int[] out, int outAt) {
    int n = r.m.length;
    int c = 0;
    for (; c + LANES <= n; c += LANES) {
      IntVector biased =
          IntVector.fromArray(INTS, acc, at + c).add(IntVector.fromArray(INTS, r.bias, c));
      FloatVector steps = (FloatVector) biased.convertShape(I2F, FLOATS, 0);
      FloatVector clamped =
          steps.mul(FloatVector.fromArray(FLOATS, r.m, c)).min((float) r.hi).max((float) r.lo);
      clamped.add(ROUND).reinterpretAsInts().sub(ROUND_BITS).intoArray(out, outAt + c);
    }
    for (; c < n; c++) {
      out[outAt + c] = Requantize.requantize(acc[at + c] + r.bias[c], r.m[c], 0, r.lo, r.hi);
    }
  }

  @Override
  public Product product(ProductWeights weights) {
    if (SparseProduct.pays(weights, SPARSE_ONE_IN)) {
      return new SparseProduct(weights);
    }
    if (weights.bound() < AccumulatorBound.FLOAT_EXACT) {
      return new VectorProduct(weights, 1, this);
    }
    return weights.halvesAreExact() ? new VectorProduct(weights, 2, this) : new RowProduct(weights);
  }
}
