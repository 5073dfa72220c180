package org.qat4j.calibration.internal;

import java.util.Arrays;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;

/**
 * Smallest and largest of values that come in blocks. Each place of a block has extremes of its own
 * until the end, so that the loop over a block has no dependencies and is compiled to vector
 * instructions. Makes no garbage. Not thread-safe.
 */
public final class Extremes {
  private final float[] lo;
  private final float[] hi;
  private boolean empty;
  private boolean symmetric;

  /**
   * @param block largest number of values that are added at once, ≥ 1
   */
  public Extremes(int block) {
    lo = new float[block];
    hi = new float[block];
    clear();
  }

  /** Forgets all values. */
  public void clear() {
    Arrays.fill(lo, Float.POSITIVE_INFINITY);
    Arrays.fill(hi, Float.NEGATIVE_INFINITY);
    empty = true;
    symmetric = false;
  }

  /** Takes in values[0 … n). */
  public void add(float[] values, int n) {
    empty &= n == 0;
    for (int i = 0; i < n; i++) {
      lo[i] = Math.min(lo[i], values[i]);
    }
    for (int i = 0; i < n; i++) {
      hi[i] = Math.max(hi[i], values[i]);
    }
  }

  /** Takes in values[0 … n) and their negatives, for less than {@link #add} of both. */
  public void addMagnitudes(float[] values, int n) {
    empty &= n == 0;
    for (int i = 0; i < n; i++) {
      hi[i] = Math.max(hi[i], Math.abs(values[i]));
    }
    symmetric = true;
  }

  /** Whether there was no value. */
  public boolean isEmpty() {
    return empty;
  }

  /**
   * The range of all values so far; there must have been one.
   *
   * @throws QatException if one of them is not finite
   */
  public Range range() {
    float smallest = lo[0];
    float largest = hi[0];
    for (int i = 0; i < lo.length; i++) {
      // Math.min and Math.max carry a NaN through, so that Range sees it.
      smallest = Math.min(smallest, lo[i]);
      largest = Math.max(largest, hi[i]);
    }
    return new Range(symmetric ? Math.min(smallest, -largest) : smallest, largest);
  }
}
