package org.qat4j.numerics.internal;

import java.util.function.DoubleUnaryOperator;

/**
 * A function with values in [−1, 1] on 16-bit numbers, by interpolation in a table (16): the
 * argument has the scale 2^−12, the value the scale 2^−15.
 */
public final class GateTable {
  /** Entries of a table: [−8, 8] in steps of 1/32. */
  public static final int ENTRIES = 513;

  /** Steps between two entries. */
  private static final int STEPS = 128;

  private static final int LOG_STEPS = 7;
  private static final int MIDDLE = 1 << 15;

  private GateTable() {}

  /** T[j] = min(rint(f((j − 256) / 32)·2^15), 2^15 − 1), computed in double. */
  public static int[] of(DoubleUnaryOperator f) {
    int[] table = new int[ENTRIES];
    for (int j = 0; j < ENTRIES; j++) {
      double value = f.applyAsDouble((j - ENTRIES / 2) / 32.0);
      table[j] = (int) Math.max(-MIDDLE, Math.min(MIDDLE - 1, Math.rint(value * MIDDLE)));
    }
    return table;
  }

  /**
   * The interpolated value.
   *
   * @param p −2^15 to 2^15 − 1
   */
  public static int at(int[] table, int p) {
    int v = p + MIDDLE;
    int j = v >> LOG_STEPS;
    int e = v & (STEPS - 1);
    return (table[j] * (STEPS - e) + table[j + 1] * e + STEPS / 2) >> LOG_STEPS;
  }

  /**
   * T[j] = clamp(rint(f((j − 256)·2^(7 − argument))·2^value), −2^15, 2^15 − 1), computed in double:
   * a function that reaches further than [−8, 8], or has other values.
   */
  public static int[] of(DoubleUnaryOperator f, int argument, int value) {
    return of(j -> Math.scalb(f.applyAsDouble(Math.scalb(j, 12 - argument)), value - 15));
  }

  /** p of a real argument: rint(clamp(a·2^12, −2^15, 2^15 − 1)). */
  public static int argument(float a) {
    return argument(a, 0x1p12f);
  }

  /** The same at another scale. */
  public static int argument(float a, float steps) {
    return Rounding.halfEven(Math.max(-MIDDLE, Math.min(MIDDLE - 1, a * steps)));
  }
}
