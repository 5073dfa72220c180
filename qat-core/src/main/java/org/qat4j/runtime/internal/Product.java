package org.qat4j.runtime.internal;

/**
 * Equation (6) without the bias: Σ (q_x − z_x)·(q_w − z_w) over the taps and the depth of a window,
 * for all channels. The input holds q_x − z_x. Immutable, thread-safe.
 */
abstract class Product {
  final int channels;

  /** Elements of the input that a tap reads. */
  final int depth;

  /** A window is {@code runs} runs of adjacent elements of the input. */
  final int runs;

  /** Elements in a run. */
  final int runLength;

  /** Elements from the beginning of a run to that of the next. */
  final int runStep;

  Product(ProductWeights w) {
    boolean adjacent = w.tapStep() == w.depth();
    channels = w.channels();
    depth = w.depth();
    runs = adjacent ? 1 : w.taps();
    runLength = adjacent ? w.size() : w.depth();
    runStep = w.tapStep();
  }

  /** Elements of the input from the first that a window reads to behind the last. */
  int reach() {
    return (runs - 1) * runStep + runLength;
  }

  /** The most windows that {@link #apply} takes at once. */
  abstract int block();

  /**
   * Floats that {@link #prepare} fills for an input of that many elements; 0 if it does nothing.
   */
  int scratch(int inputs) {
    return 0;
  }

  /**
   * Called with the whole input before {@link #apply}.
   *
   * @param x q_x − z_x
   * @param end behind the last element that is read
   * @param scratch as long as {@link #scratch} says
   */
  void prepare(int[] x, int end, float[] scratch) {}

  /**
   * The accumulators of some windows.
   *
   * @param x q_x − z_x
   * @param scratch as {@link #prepare} left it
   * @param at where the first window begins in {@code x}
   * @param step elements of {@code x} from one window to the next
   * @param windows 1 to {@link #block()}
   * @param acc int32 accumulators, (windows, {@link Kernels#pitch} of the channels)
   */
  abstract void apply(int[] x, float[] scratch, int at, int step, int windows, int[] acc);

  /**
   * What one tap adds to the accumulators.
   *
   * @param x q_x − z_x, (depth)
   * @param acc int32 accumulators, (channels)
   */
  abstract void tap(int[] x, int tap, int[] acc);
}
