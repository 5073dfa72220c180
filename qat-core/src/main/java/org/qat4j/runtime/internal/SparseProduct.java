package org.qat4j.runtime.internal;

import java.util.Arrays;

/**
 * Multiplies by the weights alone that are not 0. Where they lie is not known in advance, so that
 * no vector instruction helps: it pays where nearly all weights are 0 ({@link #pays}).
 */
final class SparseProduct extends Product {
  /** First entry of each input of a window, and the end: (taps·depth + 1). */
  private final int[] starts;

  private final int[] entryChannels;
  private final int[] entryWeights;

  SparseProduct(ProductWeights w) {
    super(w);
    int size = w.size();
    starts = new int[size + 1];
    int n = nonzero(w);
    entryChannels = new int[n];
    entryWeights = new int[n];
    int at = 0;
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < channels; c++) {
        if (w.weight(c, i) != 0) {
          entryChannels[at] = c;
          entryWeights[at++] = w.weight(c, i);
        }
      }
      starts[i + 1] = at;
    }
  }

  private static int nonzero(ProductWeights w) {
    int n = 0;
    for (byte q : w.tensor().codes()) {
      n += q == w.tensor().zeroPoint() ? 0 : 1;
    }
    return n;
  }

  /**
   * Whether so many weights are 0 that this is faster than a dense product.
   *
   * @param oneIn multiplications that the dense loop does in the time of one of these
   */
  static boolean pays(ProductWeights w, int oneIn) {
    return (long) nonzero(w) * oneIn <= w.tensor().codes().length;
  }

  @Override
  int block() {
    return 1;
  }

  @Override
  void apply(int[] x, float[] scratch, int at, int step, int windows, int[] acc) {
    Arrays.fill(acc, 0, channels, 0);
    for (int r = 0; r < runs; r++) {
      add(x, at + r * runStep, r * runLength, runLength, acc);
    }
  }

  @Override
  void tap(int[] x, int tap, int[] acc) {
    Arrays.fill(acc, 0, channels, 0);
    add(x, 0, tap * depth, depth, acc);
  }

  private void add(int[] x, int at, int first, int count, int[] acc) {
    for (int i = 0; i < count; i++) {
      int v = x[at + i];
      for (int e = starts[first + i]; e < starts[first + i + 1]; e++) {
        acc[entryChannels[e]] += v * entryWeights[e];
      }
    }
  }
}
