package org.qat4j.numerics;

import org.qat4j.QatException;

/**
 * Weights and bias of a layer as integers: equations (3) and (5). The trainer's evaluation and the
 * frozen model both come from here, so that they cannot differ.
 */
public final class WeightQuantizer {
  private static final int MAX_ATTEMPTS = 64;

  private final byte[] codes;
  private final float[] scales;
  private final int[] bias;

  private WeightQuantizer(byte[] codes, float[] scales, int[] bias) {
    this.codes = codes;
    this.scales = scales;
    this.bias = bias;
  }

  /**
   * The symmetric scale of a set of weights: max|w| / (2^(bits−1) − 1), never below {@link
   * QuantParams#MIN_SCALE}.
   */
  public static float scale(float maxAbs, int bits) {
    return QuantParams.symmetric(maxAbs, bits).scale();
  }

  /** Codes of weights at a given scale by (2), narrow range. */
  public static void quantize(float[] w, int from, int to, float scale, int bits, byte[] codes) {
    QuantParams params = new QuantParams(scale, 0, -maxCode(bits), maxCode(bits));
    for (int i = from; i < to; i++) {
      codes[i] = (byte) params.quantize(w[i]);
    }
  }

  private static int maxCode(int bits) {
    return QuantParams.maxCode(bits);
  }

  /**
   * Quantizes a layer.
   *
   * @param weights [channels, k], row-major, finite
   * @param bias one per channel, finite, or null for none
   * @param scales one per channel or one in all, positive; raised where a bias needs it
   * @param input meaning of the input's codes
   * @param bits 2 to 8
   * @throws QatException if a weight or bias is not finite or no scale makes the bias fit; the
   *     message names the channel
   */
  public static WeightQuantizer quantize(
      float[] weights, float[] bias, int channels, float[] scales, QuantParams input, int bits) {
    int k = weights.length / channels;
    float[] s = scales.clone();
    byte[] codes = new byte[weights.length];
    int[] quantizedBias = new int[channels];
    int attempts = 0;
    int c = 0;
    while (c < channels) {
      int group = s.length == 1 ? 0 : c;
      checkFinite(weights, c * k, (c + 1) * k, c);
      quantize(weights, c * k, (c + 1) * k, s[group], bits, codes);
      float b = bias == null ? 0f : bias[c];
      float steps = b / (input.scale() * s[group]);
      if (fits(steps, input, codes, c * k, (c + 1) * k)) {
        quantizedBias[c++] = Rounding.halfEven(steps);
      } else if (Float.isFinite(b) && attempts++ < MAX_ATTEMPTS * channels) {
        s[group] = Math.max(s[group] * 2f, Math.abs(b) / (input.scale() * 0x1p30f));
        c = group;
      } else {
        throw new QatException("no weight scale makes the bias " + b + " of channel " + c + " fit");
      }
    }
    return new WeightQuantizer(codes, s, quantizedBias);
  }

  private static boolean fits(float biasSteps, QuantParams input, byte[] codes, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += Math.abs(codes[i]);
    }
    return Math.abs((double) biasSteps) + (double) input.maxDistance() * sum < 0x7fffff00;
  }

  private static void checkFinite(float[] w, int from, int to, int channel) {
    for (int i = from; i < to; i++) {
      if (!Float.isFinite(w[i])) {
        throw new QatException("a weight of channel " + channel + " is " + w[i]);
      }
    }
  }

  /** [channels, k], row-major. */
  public byte[] codes() {
    return codes;
  }

  /** As many as were given. */
  public float[] scales() {
    return scales;
  }

  /** At scale s_x·s_w[c]. */
  public int[] bias() {
    return bias;
  }

  /** Scale of channel {@code c}. */
  public float scale(int c) {
    return scales.length == 1 ? scales[0] : scales[c];
  }
}
