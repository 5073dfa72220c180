package org.qat4j.numerics.internal;

import org.qat4j.QatException;

/** From int32 accumulators to codes: equations (7), (8) and (12). */
public final class Requantize {
  private Requantize() {}

  /** Equation (7): m = (s_x·s_w) / s_y, left to right in float32; the result is a normal float. */
  public static float multiplier(float inputScale, float weightScale, float outputScale) {
    float m = (inputScale * weightScale) / outputScale;
    if (!(m >= Float.MIN_NORMAL) || Float.isInfinite(m)) {
      throw new QatException(
          "scales "
              + inputScale
              + " (input), "
              + weightScale
              + " (weight) and "
              + outputScale
              + " (output) give the multiplier "
              + m
              + ", which float32 cannot hold exactly enough");
    }
    return m;
  }

  /**
   * Equations (7) and (8): rint(clamp((float) acc·m, lo − z, hi − z)) + z.
   *
   * @param lo smallest code allowed: qmin, or more where an activation such as ReLU is fused
   * @param hi largest code allowed: qmax, or less (ReLU6)
   */
  public static int requantize(int acc, float m, int zeroPoint, int lo, int hi) {
    float steps = (float) acc * m;
    float clamped = Math.max(lo - zeroPoint, Math.min(hi - zeroPoint, steps));
    return Rounding.halfEven(clamped) + zeroPoint;
  }

  /** Equation (12): (float) acc·(s_x·s_w). */
  public static float toReal(int acc, float inputScale, float weightScale) {
    return (float) acc * (inputScale * weightScale);
  }
}
