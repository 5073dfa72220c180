package org.qat4j.evaluation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import org.qat4j.QatException;

/**
 * Where a figure lies with a confidence of 95 %.
 *
 * @param lo lower end
 * @param hi upper end, ≥ lo
 */
public record Interval(double lo, double hi) {
  public Interval {
    if (!(lo <= hi)) {
      throw new QatException("[" + lo + ", " + hi + "] is not an interval");
    }
  }

  /** Whether a value lies in it, ends included. */
  public boolean contains(double value) {
    return lo <= value && value <= hi;
  }

  /** [lo, hi]. */
  @JsonValue
  public List<Double> ends() {
    return List.of(lo, hi);
  }
}
