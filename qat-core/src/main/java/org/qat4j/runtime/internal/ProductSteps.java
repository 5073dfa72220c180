package org.qat4j.runtime.internal;

import java.util.Arrays;

/** Steps that multiply codes with weights (6): convolutions and dense layers. */
final class ProductSteps {
  private ProductSteps() {}

  /**
   * Where the windows of a product lie in its input.
   *
   * @param slot buffer of the input
   * @param at first element of the first window
   * @param step elements from one window to the next
   * @param end behind the last element of the last window
   * @param accSlot accumulators of a block of windows
   * @param pitch accumulators of a window
   * @param scratchSlot what the product makes of the input
   */
  record Source(
      Product product,
      int slot,
      int at,
      int step,
      int end,
      int accSlot,
      int pitch,
      int scratchSlot) {
    void prepare(Workspace w) {
      product.prepare(w.ints[slot], end, w.reals[scratchSlot]);
    }

    /** Accumulators of {@code count} windows from {@code window} on. */
    int[] apply(Workspace w, int window, int count) {
      int[] acc = w.ints[accSlot];
      product.apply(w.ints[slot], w.reals[scratchSlot], at + window * step, step, count, acc);
      return acc;
    }
  }

  /** A product at every position. */
  record Convolution(Source source, int positions, Finish finish) implements Step {
    @Override
    public void run(Workspace w) {
      run(w, 0, positions);
    }

    @Override
    public void run(Workspace w, int from, int to) {
      source.prepare(w);
      int block = source.product().block();
      int end = Math.min(to, positions);
      for (int p = from; p < end; p += block) {
        int count = Math.min(block, end - p);
        int[] acc = source.apply(w, p, count);
        for (int j = 0; j < count; j++) {
          finish.accept(w, acc, j * source.pitch(), p + j);
        }
      }
    }
  }

  /** A product and max pooling (9). */
  record PooledConvolution(Kernels kernels, Source source, PooledWindow pool, Finish finish)
      implements Step {
    @Override
    public void run(Workspace w) {
      source.prepare(w);
      int[] max = w.ints[pool.maxSlot()];
      for (int p = 0; p < pool.positions(); p++) {
        Arrays.fill(max, Integer.MIN_VALUE);
        takeMax(w, p * pool.stride(), max);
        finish.accept(w, max, 0, p);
      }
    }

    private void takeMax(Workspace w, int from, int[] max) {
      int block = source.product().block();
      for (int p = 0; p < pool.kernel(); p += block) {
        int count = Math.min(block, pool.kernel() - p);
        int[] acc = source.apply(w, from + p, count);
        for (int j = 0; j < count; j++) {
          kernels.max(acc, j * source.pitch(), max, source.pitch());
        }
      }
    }
  }
}
