package org.qat4j.numerics;

import java.util.Arrays;
import org.qat4j.QatException;

/**
 * The values that the weights of a layer can take: r = scale[c]·(q − z) for codes q in [qmin,
 * qmax].
 */
public final class WeightGrid {
  private final float[] scales;
  private final int zeroPoint;
  private final int qmin;
  private final int qmax;

  /**
   * @param scales one per output channel, or one for the layer
   * @param zeroPoint 0 unless there is a single scale
   * @param qmin smallest code
   * @param qmax largest code
   */
  public WeightGrid(float[] scales, int zeroPoint, int qmin, int qmax) {
    if (zeroPoint != 0 && scales.length != 1) {
      throw new QatException(
          "weights with the zero point " + zeroPoint + " have one scale, not " + scales.length);
    }
    this.scales = scales.clone();
    this.zeroPoint = zeroPoint;
    this.qmin = qmin;
    this.qmax = qmax;
    for (float s : scales) {
      params(s);
    }
  }

  /** The grid of a layer whose weights share one scale. */
  public static WeightGrid of(QuantParams p) {
    return new WeightGrid(new float[] {p.scale()}, p.zeroPoint(), p.qmin(), p.qmax());
  }

  QuantParams params(float scale) {
    return new QuantParams(scale, zeroPoint, qmin, qmax);
  }

  /** The same codes with other scales, as many as there are. */
  public WeightGrid withScales(float[] others) {
    return Arrays.equals(others, scales) ? this : new WeightGrid(others, zeroPoint, qmin, qmax);
  }

  /** Meaning of the codes of channel {@code c}. */
  public QuantParams params(int c) {
    return params(scale(c));
  }

  /** One per output channel, or one for the layer. */
  public float[] scales() {
    return scales.clone();
  }

  /** Scale of channel {@code c}. */
  public float scale(int c) {
    return scales.length == 1 ? scales[0] : scales[c];
  }

  /** Bits of the codes: 2^(bits−1) − 1 is the largest. */
  public int bits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(qmax) + 1;
  }

  public int zeroPoint() {
    return zeroPoint;
  }

  public int qmin() {
    return qmin;
  }

  public int qmax() {
    return qmax;
  }
}
