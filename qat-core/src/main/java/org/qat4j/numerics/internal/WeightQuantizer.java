package org.qat4j.numerics.internal;

import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/**
 * Weights and bias of a layer as integers: equations (3) and (5). The trainer's evaluation and the
 * frozen model both come from here, so that they cannot differ.
 */
public final class WeightQuantizer {
  private static final int MAX_ATTEMPTS = 64;

  private final byte[] codes;
  private final WeightGrid grid;
  private final int[] bias;

  private WeightQuantizer(byte[] codes, WeightGrid grid, int[] bias) {
    this.codes = codes;
    this.grid = grid;
    this.bias = bias;
  }

  /**
   * Codes by (2) and (3a).
   *
   * @param w rows one behind the other, as many as the grid has scales or any number
   * @param row weights of a row
   */
  public static byte[] codes(float[] w, int row, WeightGrid grid) {
    byte[] codes = new byte[w.length];
    for (int c = 0; c < w.length / row; c++) {
      quantize(w, c, row, grid, codes);
    }
    return codes;
  }

  private static void quantize(float[] w, int c, int row, WeightGrid grid, byte[] codes) {
    Runs groups = grid.groups(row);
    for (int g = c * groups.perRow(); g < (c + 1) * groups.perRow(); g++) {
      QuantParams p = grid.group(g);
      int multiple = grid.multiple(g);
      quantize(w, groups.from(g), groups.to(g), p, multiple, codes);
    }
  }

  /** {@link QuantParams#quantize}, of codes that are bytes, times k. */
  private static void quantize(
      float[] w, int from, int to, QuantParams p, int multiple, byte[] codes) {
    float scale = p.scale();
    int zeroPoint = p.zeroPoint();
    float low = (float) (p.qmin() - zeroPoint);
    float high = (float) (p.qmax() - zeroPoint);
    for (int i = from; i < to; i++) {
      float steps = Math.max(low, Math.min(high, w[i] / scale));
      int rounded = (int) Rounding.nearest(steps);
      codes[i] = (byte) (multiple * (rounded + zeroPoint));
    }
  }

  /**
   * Quantizes a layer.
   *
   * @param weights [channels, k], row-major, finite
   * @param bias one per channel, finite, or null for none
   * @param grid of the weights; scales are raised where a bias needs it
   * @param input meaning of the input's codes
   * @throws QatException if a weight or bias is not finite or no scale makes the bias fit; the
   *     message names the channel
   */
  public static WeightQuantizer quantize(
      float[] weights, float[] bias, int channels, WeightGrid grid, QuantParams input) {
    int k = weights.length / channels;
    float[] scales = grid.scales();
    WeightGrid raised = grid;
    byte[] codes = new byte[weights.length];
    int[] quantizedBias = new int[channels];
    int attempts = 0;
    int c = 0;
    while (c < channels) {
      int first = scales.length == 1 ? 0 : c;
      checkFinite(weights, c * k, (c + 1) * k, c);
      quantize(weights, c, k, raised, codes);
      float b = bias == null ? 0f : bias[c];
      float steps = b / (input.scale() * scales[first]);
      if (fits(steps, input, codes, grid.zeroPoint(), c * k, (c + 1) * k)) {
        quantizedBias[c++] = Rounding.halfEven(steps);
      } else if (Float.isFinite(b) && attempts++ < MAX_ATTEMPTS * channels) {
        scales[first] = Math.max(scales[first] * 2f, Math.abs(b) / (input.scale() * 0x1p30f));
        raised = grid.withScales(scales);
        c = first;
      } else {
        throw new QatException("no weight scale makes the bias " + b + " of channel " + c + " fit");
      }
    }
    return new WeightQuantizer(codes, raised, quantizedBias);
  }

  private static boolean fits(
      float biasSteps, QuantParams input, byte[] codes, int zeroPoint, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += Math.abs(codes[i] - zeroPoint);
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

  /** Scales and zero point of the codes. */
  public WeightGrid grid() {
    return grid;
  }

  /** At scale s_x·s_w[c]. */
  public int[] bias() {
    return bias;
  }
}
