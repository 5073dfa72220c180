package org.qat4j.runtime.internal;

import org.qat4j.numerics.internal.Requantize;
import org.qat4j.runtime.RuntimeOptions;

/**
 * Plain loops, shaped so that the JIT compiler can vectorize them: rows are read from index 0,
 * because an offset that does not change within a loop keeps C2 from it, and several rows are taken
 * at once, so that accumulators are loaded and stored less often.
 */
final class ScalarKernels implements Kernels {
  /** Measured: docs/benchmarks.md. */
  private static final int SPARSE_ONE_IN = 24;

  @Override
  public RuntimeOptions.Kernel kind() {
    return RuntimeOptions.Kernel.SCALAR;
  }

  @Override
  public int pitch(int n) {
    return n;
  }

  @Override
  public void sum(int[][] rows, int from, int count, int[] acc) {
    int n = acc.length;
    int j = from + first(rows, from, count & 3, acc, n);
    for (; j < from + count; j += 4) {
      add4(rows[j], rows[j + 1], rows[j + 2], rows[j + 3], acc, n);
    }
  }

  /** Starts the sum with {@code count & 3} rows, or with four where that is 0. */
  private static int first(int[][] rows, int at, int odd, int[] acc, int n) {
    switch (odd) {
      case 1 -> System.arraycopy(rows[at], 0, acc, 0, n);
      case 2 -> set2(rows[at], rows[at + 1], acc, n);
      case 3 -> set3(rows[at], rows[at + 1], rows[at + 2], acc, n);
      default -> {
        set4(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], acc, n);
        return 4;
      }
    }
    return odd;
  }

  @Override
  public void sumMax(int[][] rows, int from, int count, int positions, int[] scratch, int[] max) {
    int n = max.length;
    int end = from + count * positions;
    switch (count) {
      case 1 -> {
        for (int j = from; j < end; j++) {
          max1(rows[j], max, n);
        }
      }
      case 2 -> {
        for (int j = from; j < end; j += 2) {
          max2(rows[j], rows[j + 1], max, n);
        }
      }
      case 3 -> {
        for (int j = from; j < end; j += 3) {
          max3(rows[j], rows[j + 1], rows[j + 2], max, n);
        }
      }
      case 4 -> {
        for (int j = from; j < end; j += 4) {
          max4(rows[j], rows[j + 1], rows[j + 2], rows[j + 3], max, n);
        }
      }
      case 5 -> {
        for (int j = from; j < end; j += 5) {
          max5(rows[j], rows[j + 1], rows[j + 2], rows[j + 3], rows[j + 4], max, n);
        }
      }
      default -> {
        for (int j = from; j < end; j += count) {
          sum(rows, j, count, scratch);
          max1(scratch, max, n);
        }
      }
    }
  }

  @Override
  public void add(int[] x, int at, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] += x[at + c];
    }
  }

  @Override
  public void max(int[] x, int at, int[] max, int n) {
    for (int c = 0; c < n; c++) {
      max[c] = Math.max(max[c], x[at + c]);
    }
  }

  @Override
  public void requantize(int[] acc, int at, Requantization r, int[] out, int outAt) {
    int[] bias = r.bias;
    float[] m = r.m;
    int lo = r.lo;
    int hi = r.hi;
    for (int c = 0; c < m.length; c++) {
      out[outAt + c] = Requantize.requantize(acc[at + c] + bias[c], m[c], 0, lo, hi);
    }
  }

  @Override
  public Product product(ProductWeights weights) {
    if (SparseProduct.pays(weights, SPARSE_ONE_IN)) {
      return new SparseProduct(weights);
    }
    return weights.channels() < RowProduct.MIN_CHANNELS
        ? new DotProduct(weights)
        : new RowProduct(weights);
  }

  private static void set2(int[] r0, int[] r1, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] = r0[c] + r1[c];
    }
  }

  private static void set3(int[] r0, int[] r1, int[] r2, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] = r0[c] + r1[c] + r2[c];
    }
  }

  private static void set4(int[] r0, int[] r1, int[] r2, int[] r3, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] = r0[c] + r1[c] + r2[c] + r3[c];
    }
  }

  private static void add4(int[] r0, int[] r1, int[] r2, int[] r3, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] += r0[c] + r1[c] + r2[c] + r3[c];
    }
  }

  private static void max1(int[] r0, int[] max, int n) {
    for (int c = 0; c < n; c++) {
      max[c] = Math.max(max[c], r0[c]);
    }
  }

  private static void max2(int[] r0, int[] r1, int[] max, int n) {
    for (int c = 0; c < n; c++) {
      max[c] = Math.max(max[c], r0[c] + r1[c]);
    }
  }

  private static void max3(int[] r0, int[] r1, int[] r2, int[] max, int n) {
    for (int c = 0; c < n; c++) {
      max[c] = Math.max(max[c], r0[c] + r1[c] + r2[c]);
    }
  }

  private static void max4(int[] r0, int[] r1, int[] r2, int[] r3, int[] max, int n) {
    for (int c = 0; c < n; c++) {
      max[c] = Math.max(max[c], r0[c] + r1[c] + r2[c] + r3[c]);
    }
  }

  private static void max5(int[] r0, int[] r1, int[] r2, int[] r3, int[] r4, int[] max, int n) {
    for (int c = 0; c < n; c++) {
      max[c] = Math.max(max[c], r0[c] + r1[c] + r2[c] + r3[c] + r4[c]);
    }
  }
}
