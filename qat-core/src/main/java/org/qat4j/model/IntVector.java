package org.qat4j.model;

import java.util.Arrays;
import java.util.List;

/** An immutable list of int32, compared by its values. */
public final class IntVector {
  private final int[] values;

  private IntVector(int[] values) {
    this.values = values;
  }

  public static IntVector of(int... values) {
    return new IntVector(values.clone());
  }

  /** The same of a list, such as a shape. */
  public static IntVector of(List<Integer> values) {
    return new IntVector(values.stream().mapToInt(Integer::intValue).toArray());
  }

  public int size() {
    return values.length;
  }

  public int get(int i) {
    return values[i];
  }

  /** A copy. */
  public int[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof IntVector v && Arrays.equals(values, v.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
