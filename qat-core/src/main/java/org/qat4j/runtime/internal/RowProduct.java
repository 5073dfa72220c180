package org.qat4j.runtime.internal;

import java.util.Arrays;

/** Input by input, all channels at once: for channels enough to fill vector registers. */
final class RowProduct extends Product {
  /** Fewer channels make rows too short for the JIT compiler's vector loops. */
  static final int MIN_CHANNELS = 24;

  /** q_w − z_w, [taps·depth][channels]. */
  private final int[][] weights;

  RowProduct(ProductWeights w) {
    super(w);
    weights = new int[w.size()][channels];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < w.size(); i++) {
        weights[i][c] = w.weight(c, i);
      }
    }
  }

  @Override
  int block() {
    return 1;
  }

  @Override
  void apply(int[] x, float[] scratch, int at, int step, int windows, int[] acc) {
    Arrays.fill(acc, 0, channels, 0);
    for (int r = 0; r < runs; r++) {
      addRows(x, at + r * runStep, r * runLength, runLength, acc);
    }
  }

  @Override
  void tap(int[] x, int tap, int[] acc) {
    Arrays.fill(acc, 0, channels, 0);
    addRows(x, 0, tap * depth, depth, acc);
  }

  /** acc += Σ x[at + i]·weights[first + i] over i in [0, count). */
  private void addRows(int[] x, int at, int first, int count, int[] acc) {
    int[][] w = weights;
    int i = first;
    int j = at;
    for (; i + 4 <= first + count; i += 4, j += 4) {
      add4(x[j], w[i], x[j + 1], w[i + 1], x[j + 2], w[i + 2], x[j + 3], w[i + 3], acc, channels);
    }
    for (; i < first + count; i++, j++) {
      add1(x[j], w[i], acc, channels);
    }
  }

  private static void add1(int x0, int[] w0, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] += x0 * w0[c];
    }
  }

  private static void add4(
      int x0, int[] w0, int x1, int[] w1, int x2, int[] w2, int x3, int[] w3, int[] acc, int n) {
    for (int c = 0; c < n; c++) {
      acc[c] += x0 * w0[c] + x1 * w1[c] + x2 * w2[c] + x3 * w3[c];
    }
  }
}
