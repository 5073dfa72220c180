package org.qat4j.pruning;

import java.util.Arrays;
import java.util.BitSet;

/** Finds the smallest of some values. */
final class Magnitudes {
  private Magnitudes() {}

  /** The {@code count} smallest values; of equal ones the first. */
  static BitSet smallest(float[] values, int count) {
    BitSet found = new BitSet(values.length);
    if (count == 0) {
      return found;
    }
    float[] sorted = values.clone();
    Arrays.parallelSort(sorted);
    float largest = sorted[count - 1];
    int equal = count;
    while (equal > 0 && sorted[equal - 1] == largest) {
      equal--;
    }
    int ties = count - equal;
    for (int i = 0; i < values.length; i++) {
      if (values[i] < largest || (values[i] == largest && ties-- > 0)) {
        found.set(i);
      }
    }
    return found;
  }

  static float[] of(float[] values) {
    float[] magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Math.abs(values[i]);
    }
    return magnitudes;
  }
}
