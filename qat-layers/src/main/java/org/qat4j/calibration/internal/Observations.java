package org.qat4j.calibration.internal;

import java.io.Serializable;
import java.util.ArrayList;
import org.qat4j.QatException;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;

/**
 * All that a calibration has seen of a value: enough to say which range any rule would give,
 * without the values themselves. An {@link Observer} fills it.
 */
public final class Observations implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ArrayList<Range> batches = new ArrayList<>();
  private final Histogram histogram = new Histogram();

  /** Takes in values[from … to), one batch, finite. */
  void add(float[] values, int from, int to) {
    batches.add(Range.of(values, from, to));
    histogram.add(values, from, to);
  }

  /** Whether nothing was observed. */
  public boolean isEmpty() {
    return batches.isEmpty();
  }

  /**
   * The range that an {@link Observer} of this rule would have come to.
   *
   * @throws QatException if nothing was observed
   */
  public Range range(RangeRule rule, Grids grids) {
    if (isEmpty()) {
      throw new QatException("nothing was observed, so there is no range");
    }
    if (rule instanceof RangeRule.MinMax) {
      return batches.stream().reduce(Range::with).orElseThrow();
    }
    if (rule instanceof RangeRule.MovingAverage average) {
      return batches.stream().reduce((a, b) -> a.towards(b, average.momentum())).orElseThrow();
    }
    return RangeSearch.of(rule, histogram, grids);
  }
}
