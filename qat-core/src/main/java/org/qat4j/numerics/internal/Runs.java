package org.qat4j.numerics.internal;

import org.qat4j.QatException;

/**
 * Rows of values, one behind the other, each cut into runs: of {@code size} values, the last of a
 * row of the rest. The values of a run share a scale.
 *
 * @param row values of a row, ≥ 1
 * @param size values of a run but the last of a row, ≥ 1
 */
public record Runs(int row, int size) {
  public Runs {
    if (row < 1 || size < 1) {
      throw new QatException("rows of " + row + " values cannot be cut into runs of " + size);
    }
  }

  /** Rows that are not cut. */
  public static Runs rows(int row) {
    return new Runs(row, row);
  }

  /** Runs of a row. */
  public int perRow() {
    return (row - 1) / size + 1;
  }

  /** Runs of n values. */
  public int count(int n) {
    return n / row * perRow();
  }

  /** Index of the first value of a run. */
  public int from(int run) {
    return run / perRow() * row + run % perRow() * size;
  }

  /** Index behind the last value of a run. */
  public int to(int run) {
    return Math.min(from(run) + size, (run / perRow() + 1) * row);
  }

  /** The run of a value. */
  public int of(int i) {
    return i / row * perRow() + i % row / size;
  }
}
