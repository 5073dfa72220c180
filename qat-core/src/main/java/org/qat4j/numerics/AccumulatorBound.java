package org.qat4j.numerics;

import org.qat4j.QatException;

/** Proof that no int32 accumulator overflows, per output channel: equation (6). */
public final class AccumulatorBound {
  /** Integers of smaller magnitude are exact in float32. */
  public static final long FLOAT_EXACT = 1L << 24;

  private static final long INT_LIMIT = 1L << 31;

  private AccumulatorBound() {}

  /**
   * Equation (6) for each channel: max|q_x − z_x|·Σ|q_w − z_w| + |b|.
   *
   * @param input what the codes of the input mean
   * @param weights codes, channel by channel
   * @param channels number of output channels
   * @param weightZeroPoint z_w
   * @param bias int32 per channel
   * @return the largest bound of any channel
   * @throws QatException if it reaches 2^31; the message names the channel
   */
  public static long check(
      QuantParams input, byte[] weights, int channels, int weightZeroPoint, int[] bias) {
    int perChannel = weights.length / channels;
    long largest = 0;
    for (int c = 0; c < channels; c++) {
      long sum = 0;
      for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
        sum += Math.abs(weights[i] - weightZeroPoint);
      }
      long bound = input.maxDistance() * sum + Math.abs((long) bias[c]);
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
   * The same for a sum of {@code n} codes.
   *
   * @throws QatException if n·maxDistance reaches 2^31
   */
  public static void checkSum(int n, int maxDistance) {
    if ((long) n * maxDistance >= INT_LIMIT) {
      throw new QatException("a sum of " + n + " codes does not fit in int32");
    }
  }
}
