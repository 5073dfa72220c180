package org.qat4j.calibration;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Values in ascending order, and how often each occurs: bins of equal width that are not empty,
 * each by its middle, and 0, which is exact.
 */
public final class ValueCounts {
  private final double[] at;
  private final long[] count;
  private final double width;
  private final long total;
  private final Range extremes;

  /**
   * @param at the points, ascending
   * @param count how many values there are at each, ≥ 1
   * @param width of the bin around each point but 0; 0 where all values are 0
   * @param extremes the smallest and the largest value, exactly
   */
  public ValueCounts(double[] at, long[] count, double width, Range extremes) {
    this.at = at.clone();
    this.count = count.clone();
    this.width = width;
    this.total = Arrays.stream(count).sum();
    this.extremes = extremes;
  }

  /** The same without the point at 0. */
  public ValueCounts withoutZeros() {
    int[] others = IntStream.range(0, at.length).filter(i -> at[i] != 0).toArray();
    return new ValueCounts(
        IntStream.of(others).mapToDouble(i -> at[i]).toArray(),
        IntStream.of(others).mapToLong(i -> count[i]).toArray(),
        width,
        extremes);
  }

  /** Number of points. */
  public int size() {
    return at.length;
  }

  /** The value of point {@code i}, from 0 on; within the {@link #extremes}. */
  public double at(int i) {
    return at[i];
  }

  /** Number of values at point {@code i}, ≥ 1. */
  public long count(int i) {
    return count[i];
  }

  /** Width of the bin around each point but 0; 0 where all values are 0. */
  public double width() {
    return width;
  }

  /** Number of all values. */
  public long total() {
    return total;
  }

  /** The smallest and the largest value, exactly. */
  public Range extremes() {
    return extremes;
  }
}
