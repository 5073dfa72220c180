package org.qat4j.runtime.internal;

import java.util.Arrays;

/** Channel by channel: for few channels. */
final class DotProduct extends Product {
  /** q_w − z_w, [channels][taps·depth]. */
  private final int[][] weights;

  DotProduct(ProductWeights w) {
    super(w);
    weights = new int[channels][w.size()];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < w.size(); i++) {
        weights[c][i] = w.weight(c, i);
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
      for (int c = 0; c < channels; c++) {
        acc[c] += dot(x, at + r * runStep, weights[c], r * runLength, runLength);
      }
    }
  }

  @Override
  void tap(int[] x, int tap, int[] acc) {
    for (int c = 0; c < channels; c++) {
      acc[c] = dot(x, 0, weights[c], tap * depth, depth);
    }
  }

  private static int dot(int[] x, int atX, int[] w, int atW, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[atX + i] * w[atW + i];
    }
    return sum;
  }
}
