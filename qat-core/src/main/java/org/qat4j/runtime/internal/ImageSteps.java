package org.qat4j.runtime.internal;

import java.util.Arrays;
import org.qat4j.model.QuantizedTensor;

/** Steps over images. */
final class ImageSteps {
  private ImageSteps() {}

  /**
   * A convolution (6): windows are laid out one after the other, a product reads them.
   *
   * @param source of the windows that are laid out, as many as the product takes at once
   * @param size elements of a window
   */
  record Convolution(
      ImageWindows windows, Place from, ProductSteps.Source source, int size, Finish finish)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] patches = w.ints[source.slot()];
      int block = source.product().block();
      for (int p = 0; p < windows.positions; p += block) {
        int count = Math.min(block, windows.positions - p);
        for (int j = 0; j < count; j++) {
          windows.copy(x, from.offset(), p + j, patches, j * size);
        }
        source.prepare(w);
        int[] acc = source.apply(w, 0, count);
        for (int j = 0; j < count; j++) {
          finish.accept(w, acc, j * source.pitch(), p + j);
        }
      }
    }
  }

  /** A convolution of each channel by itself (6). */
  static final class Depthwise implements Step {
    private final ImageWindows windows;
    private final Place from;
    private final int multiplier;
    private final int accSlot;
    private final Finish finish;

    /** q_w − z_w, [taps][output channels]. */
    private final int[][] weights;

    /**
     * @param w [O, kH, kW, 1]
     * @param multiplier output channels of an input channel
     */
    Depthwise(
        ImageWindows windows,
        Place from,
        QuantizedTensor w,
        int multiplier,
        int accSlot,
        Finish finish) {
      this.windows = windows;
      this.from = from;
      this.multiplier = multiplier;
      this.accSlot = accSlot;
      this.finish = finish;
      this.weights = new int[windows.taps][w.dim(0)];
      for (int c = 0; c < w.dim(0); c++) {
        for (int k = 0; k < windows.taps; k++) {
          weights[k][c] = w.codes()[c * windows.taps + k] - w.zeroPoint();
        }
      }
    }

    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] acc = w.ints[accSlot];
      for (int p = 0; p < windows.positions; p++) {
        Arrays.fill(acc, 0);
        for (int k = 0; k < windows.taps; k++) {
          int at = windows.at(p, k);
          if (at >= 0) {
            add(x, from.offset() + at, weights[k], multiplier, acc);
          }
        }
        finish.accept(w, acc, 0, p);
      }
    }

    private static void add(int[] x, int at, int[] w, int multiplier, int[] acc) {
      if (multiplier == 1) {
        for (int c = 0; c < w.length; c++) {
          acc[c] += x[at + c] * w[c];
        }
      } else {
        for (int c = 0; c < w.length; c++) {
          acc[c] += x[at + c / multiplier] * w[c];
        }
      }
    }
  }

  /** Max pooling (9). */
  record Max(Kernels kernels, ImageWindows windows, Place from, Place to, int maxSlot)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] max = w.ints[maxSlot];
      int n = windows.channels;
      for (int p = 0; p < windows.positions; p++) {
        Arrays.fill(max, Integer.MIN_VALUE);
        for (int k = 0; k < windows.taps; k++) {
          int at = windows.at(p, k);
          if (at >= 0) {
            kernels.max(x, from.offset() + at, max, n);
          }
        }
        System.arraycopy(max, 0, w.ints[to.slot()], to.offset() + p * n, n);
      }
    }
  }

  /** Average pooling (10). */
  record Average(Kernels kernels, ImageWindows windows, Place from, int accSlot, Finish finish)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] acc = w.ints[accSlot];
      for (int p = 0; p < windows.positions; p++) {
        Arrays.fill(acc, 0);
        for (int k = 0; k < windows.taps; k++) {
          int at = windows.at(p, k);
          if (at >= 0) {
            kernels.add(x, from.offset() + at, acc, windows.channels);
          }
        }
        finish.accept(w, acc, 0, p);
      }
    }
  }
}
