package org.qat4j.runtime.internal;

import org.qat4j.runtime.Sample;

/** The memory of one run at a time. Buffers are reused; their margins stay 0. */
public final class Workspace {
  /** q − z of values, accumulators, scratch. */
  final int[][] ints;

  /** float32 values. */
  final float[][] reals;

  /** Rows that a step adds up. */
  final int[][][] rows;

  /** Rows that were computed because the tables are full, made when first needed. */
  private final int[][][] extra;

  /** What is run; null between runs. */
  Sample sample;

  Workspace(Layout layout) {
    ints = layout.newInts();
    reals = layout.newReals();
    rows = layout.newRows();
    extra = layout.newRows();
  }

  /** A row of {@code n} values for entry {@code i} of {@code rows[slot]}. */
  int[] extraRow(int slot, int i, int n) {
    int[] row = extra[slot][i];
    if (row == null) {
      row = new int[n];
      extra[slot][i] = row;
    }
    return row;
  }
}
