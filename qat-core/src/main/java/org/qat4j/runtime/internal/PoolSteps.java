package org.qat4j.runtime.internal;

import java.util.Arrays;

/** Pooling over codes. */
final class PoolSteps {
  private PoolSteps() {}

  /** Max pooling (9). */
  record Max(Kernels kernels, Place from, Place to, Window window, int maxSlot, int channels)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] max = w.ints[maxSlot];
      int n = channels;
      for (int p = 0; p < window.positions(); p++) {
        Arrays.fill(max, Integer.MIN_VALUE);
        for (int k = 0; k < window.taps(); k++) {
          kernels.max(x, from.offset() + window.step(p, k) * n, max, n);
        }
        System.arraycopy(max, 0, w.ints[to.slot()], to.offset() + p * n, n);
      }
    }
  }

  /** Average pooling (10). */
  record Average(
      Kernels kernels, Place from, Window window, int accSlot, int channels, Finish finish)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] acc = w.ints[accSlot];
      int n = channels;
      for (int p = 0; p < window.positions(); p++) {
        Arrays.fill(acc, 0);
        for (int k = 0; k < window.taps(); k++) {
          kernels.add(x, from.offset() + window.step(p, k) * n, acc, n);
        }
        finish.accept(w, acc, 0, p);
      }
    }
  }
}
