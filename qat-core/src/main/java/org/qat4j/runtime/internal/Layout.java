package org.qat4j.runtime.internal;

import java.util.ArrayList;
import java.util.List;

/** The buffers that a plan needs; filled while it is made. */
final class Layout {
  private final List<Integer> ints = new ArrayList<>();
  private final List<Integer> reals = new ArrayList<>();
  private final List<Integer> rows = new ArrayList<>();

  /** Reserves int32 values: q − z of a value, or accumulators. */
  int ints(int size) {
    ints.add(size);
    return ints.size() - 1;
  }

  int intsSize(int slot) {
    return ints.get(slot);
  }

  /** Reserves float32 values. */
  int reals(int size) {
    reals.add(size);
    return reals.size() - 1;
  }

  /** Reserves references to rows of token tables. */
  int rows(int size) {
    rows.add(size);
    return rows.size() - 1;
  }

  int[][] newInts() {
    int[][] buffers = new int[ints.size()][];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new int[ints.get(i)];
    }
    return buffers;
  }

  float[][] newReals() {
    float[][] buffers = new float[reals.size()][];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new float[reals.get(i)];
    }
    return buffers;
  }

  int[][][] newRows() {
    int[][][] buffers = new int[rows.size()][][];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new int[rows.get(i)][];
    }
    return buffers;
  }
}
