package org.qat4j.calibration.internal;

import java.io.Serializable;
import java.util.Arrays;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.ValueCounts;

/**
 * Counts of values in bins of equal width. The width is a power of two and the bins begin at 0, so
 * that widening merges pairs of bins exactly: the counts do not depend on the order of the values
 * or on how they come in batches. Zeros, which ReLU and padding make in great number, are counted
 * apart and stay exact.
 */
final class Histogram implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Bins on either side of 0. */
  private static final int HALF = 2048;

  private final long[] counts = new long[2 * HALF];
  private double width;
  private long zeros;
  private Range extremes;

  /**
   * Counts values[from … to).
   *
   * @throws QatException if one of them is not finite
   */
  void add(float[] values, int from, int to) {
    if (from >= to) {
      return;
    }
    Range range = Range.of(values, from, to);
    extremes = extremes == null ? range : extremes.with(range);
    double largest = Math.max(-(double) range.lo(), range.hi());
    if (largest == 0) {
      zeros += to - from;
      return;
    }
    widen(largest);
    for (int i = from; i < to; i++) {
      if (values[i] == 0) {
        zeros++;
      } else {
        counts[HALF + (int) Math.floor(values[i] / width)]++;
      }
    }
  }

  private void widen(double largest) {
    double needed = Math.scalb(1.0, Math.getExponent(largest / HALF) + 1);
    if (width == 0) {
      width = needed;
    }
    while (width < needed) {
      for (int i = 0; i < HALF; i++) {
        // From the middle outwards, so that no bin is overwritten before it is read.
        counts[HALF + i] = pair(HALF + 2 * i);
        counts[HALF - 1 - i] = pair(HALF - 2 - 2 * i);
      }
      width *= 2;
    }
  }

  private long pair(int i) {
    return i < 0 || i >= counts.length ? 0 : counts[i] + counts[i + 1];
  }

  boolean isEmpty() {
    return extremes == null;
  }

  /** Smallest and largest value. */
  Range extremes() {
    return extremes;
  }

  /** The values by bins that are not empty: their middles in ascending order, 0 for the zeros. */
  ValueCounts points() {
    double[] at = new double[counts.length + 1];
    long[] n = new long[counts.length + 1];
    int size = 0;
    for (int i = 0; i <= counts.length; i++) {
      if (i == HALF && zeros > 0) {
        at[size] = 0;
        n[size++] = zeros;
      }
      if (i < counts.length && counts[i] > 0) {
        double middle = (i - HALF + 0.5) * width;
        at[size] = Math.max(extremes.lo(), Math.min(extremes.hi(), middle));
        n[size++] = counts[i];
      }
    }
    return new ValueCounts(Arrays.copyOf(at, size), Arrays.copyOf(n, size), width, extremes);
  }
}
