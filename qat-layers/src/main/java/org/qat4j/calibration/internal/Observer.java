package org.qat4j.calibration.internal;

import org.qat4j.QatException;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;

/**
 * Finds the range of a quantizer from batches of the values that it will see. Values that mean
 * nothing, such as those of padded time steps, are left out by the caller, or by {@link
 * #observe(float[], boolean[])}. Not thread-safe.
 */
public final class Observer {
  private final long before;
  private final RangeRule rule;
  private final Grids grids;
  private final Histogram histogram;
  private Range range;
  private boolean stale;
  private long batches;
  private Observations all;

  /**
   * @param rule how the range is chosen
   * @param grids the scheme that the range is for; {@link RangeRule.Mse} and {@link RangeRule.Kl}
   *     depend on it
   */
  public Observer(RangeRule rule, Grids grids) {
    this(rule, grids, 0);
  }

  /**
   * The same for data of which a part was seen elsewhere.
   *
   * @param before number of batches before the first, for messages
   */
  public Observer(RangeRule rule, Grids grids, long before) {
    this.before = before;
    this.rule = rule;
    this.grids = grids;
    boolean extremes = rule instanceof RangeRule.MinMax || rule instanceof RangeRule.MovingAverage;
    this.histogram = extremes ? null : new Histogram();
  }

  /** Hands every batch on to {@code observations} as well. */
  public void recordIn(Observations observations) {
    all = observations;
  }

  /** The range of values[from … to), seen whole: the rule applied to one batch. */
  public static Range range(RangeRule rule, Grids grids, float[] values, int from, int to) {
    if (rule instanceof RangeRule.Mse && RangeSearch.suitsFew(grids, to - from)) {
      return RangeSearch.leastSquares(values, from, to, grids);
    }
    Observer observer = new Observer(rule, grids);
    observer.observe(values, from, to);
    return observer.range();
  }

  /**
   * Takes in a batch.
   *
   * @throws QatException if a value is not finite; the message says which batch
   */
  public void observe(float[] values) {
    observe(values, 0, values.length);
  }

  /**
   * Takes in the values of a batch that count.
   *
   * @param counts whether each value does: false for padded steps
   */
  public void observe(float[] values, boolean[] counts) {
    float[] kept = new float[values.length];
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (counts[i]) {
        kept[n++] = values[i];
      }
    }
    observe(kept, 0, n);
  }

  private void observe(float[] values, int from, int to) {
    if (from == to) {
      return;
    }
    try {
      if (histogram == null) {
        Range seen = Range.of(values, from, to);
        range = range == null ? seen : combine(seen);
      } else {
        histogram.add(values, from, to);
        stale = true;
      }
      if (all != null) {
        all.add(values, from, to);
      }
    } catch (QatException e) {
      throw new QatException("batch " + (before + batches + 1) + ": " + e.getMessage(), e);
    }
    batches++;
  }

  private Range combine(Range seen) {
    return rule instanceof RangeRule.MovingAverage average
        ? range.towards(seen, average.momentum())
        : range.with(seen);
  }

  /** Number of batches that had a value. */
  public long batches() {
    return batches;
  }

  /**
   * The range of all batches so far.
   *
   * @throws QatException if there was no value
   */
  public Range range() {
    if (batches == 0) {
      throw new QatException("nothing was observed, so there is no range");
    }
    if (stale) {
      range = RangeSearch.of(rule, histogram, grids);
      stale = false;
    }
    return range;
  }
}
