package org.qat4j.calibration;

import java.io.Serializable;
import org.qat4j.QatException;

/**
 * An interval of real values.
 *
 * @param lo smallest value, finite
 * @param hi largest value, finite, ≥ lo
 */
public record Range(float lo, float hi) implements Serializable {
  public Range {
    if (!Float.isFinite(lo) || !Float.isFinite(hi) || lo > hi) {
      throw new QatException("[" + lo + ", " + hi + "] is not a range of finite values");
    }
  }

  /**
   * Smallest and largest of values[from … to).
   *
   * @throws QatException if one of them is not finite
   */
  public static Range of(float[] values, int from, int to) {
    float lo = values[from];
    float hi = lo;
    for (int i = from; i < to; i++) {
      // Math.min and Math.max carry a NaN through, so that the constructor sees it.
      lo = Math.min(lo, values[i]);
      hi = Math.max(hi, values[i]);
    }
    return new Range(lo, hi);
  }

  /** The smallest range that holds both. */
  public Range with(Range other) {
    return new Range(Math.min(lo, other.lo), Math.max(hi, other.hi));
  }

  /** Both ends moved towards those of another range by a share of the way. */
  public Range towards(Range other, float share) {
    return new Range(lo + share * (other.lo - lo), hi + share * (other.hi - hi));
  }
}
