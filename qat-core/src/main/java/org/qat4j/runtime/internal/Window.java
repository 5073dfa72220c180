package org.qat4j.runtime.internal;

/**
 * Which steps of a sequence each position of the result reads.
 *
 * @param steps of the input
 * @param positions of the result
 * @param taps steps that a position reads
 * @param stride steps from one position to the next
 * @param dilation steps from one tap to the next
 * @param padLeft steps of real 0 in front
 * @param padRight steps of real 0 behind
 */
record Window(
    int steps, int positions, int taps, int stride, int dilation, int padLeft, int padRight) {
  /** Windows that lie side by side without padding. */
  static Window plain(int steps, int positions, int taps, int stride) {
    return new Window(steps, positions, taps, stride, 1, 0, 0);
  }

  /** The step that tap {@code k} of {@code position} reads; it may lie beyond the ends. */
  int step(int position, int k) {
    return position * stride + k * dilation - padLeft;
  }
}
