package org.qat4j.numerics.internal;

import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/** Proof that no int32 accumulator overflows, per output channel: equation (6). */
public final class AccumulatorBound {
  /** Integers of smaller magnitude are exact in float32. */
  public static final long FLOAT_EXACT = 1L << 24;

  private static final long INT_LIMIT = 1L << 31;

  private AccumulatorBound() {}

  /**
   * Equation (6) for each channel. With A = qmax − z_x and B = z_x − qmin, no term (q_x − z_x)·w
   * with w = q_w − z_w exceeds A·w⁺ + B·w⁻ or goes below −(B·w⁺ + A·w⁻), where w⁺ and w⁻ are the
   * positive part of w and of −w; both bounds are reached and lie on either side of 0. So no
   * partial sum in any order, with or without the bias, leaves [−Σ(B·w⁺ + A·w⁻) + min(b, 0), Σ(A·w⁺
   * + B·w⁻) + max(b, 0)].
   *
   * @param input what the codes of the input mean
   * @param weights codes, channel by channel
   * @param channels number of output channels
   * @param weightZeroPoint z_w
   * @param bias int32 per channel
   * @return the largest magnitude in these intervals, over all channels
   * @throws QatException if it reaches 2^31; the message names the channel
   */
  public static long check(
      QuantParams input, byte[] weights, int channels, int weightZeroPoint, int[] bias) {
    int perChannel = weights.length / channels;
    int above = input.qmax() - input.zeroPoint();
    int below = input.zeroPoint() - input.qmin();
    long largest = 0;
    for (int c = 0; c < channels; c++) {
      long positive = 0;
      long negative = 0;
      for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
        int w = weights[i] - weightZeroPoint;
        positive += Math.max(w, 0);
        negative += Math.max(-w, 0);
      }
      long highest = above * positive + below * negative + Math.max(bias[c], 0L);
      long lowest = below * positive + above * negative + Math.max(-(long) bias[c], 0L);
      long bound = Math.max(highest, lowest);
      if (bound >= INT_LIMIT) {
        throw new QatException(
            "the accumulator of channel "
                + c
                + " can reach "
                + bound
                + ", which int32 cannot hold (limit 2^31); use fewer bits or a narrower layer");
      }
      largest = Math.max(largest, bound);
    }
    return largest;
  }

  /**
   * The same for a plain sum of codes.
   *
   * @param bound the sum of the largest |q − z| of each summand
   * @return {@code bound}
   * @throws QatException if it reaches 2^31
   */
  public static long sum(long bound) {
    if (bound >= INT_LIMIT) {
      throw new QatException("a sum that can reach " + bound + " does not fit in int32");
    }
    return bound;
  }
}
