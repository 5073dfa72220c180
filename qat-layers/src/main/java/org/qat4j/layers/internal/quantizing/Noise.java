package org.qat4j.layers.internal.quantizing;

import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Uniform numbers in [0, 1) for stochastic rounding: a fixed table that repeats, read from another
 * place in every step. The same bits on every machine and in every training.
 */
final class Noise {
  private static final int PERIOD = 1 << 16;
  private static final int LONGEST_RUN = 1 << 12;
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final float[] TABLE = table();

  private Noise() {}

  private static float[] table() {
    Random random = new Random(SEED);
    float[] table = new float[PERIOD + LONGEST_RUN];
    for (int i = 0; i < table.length; i++) {
      table[i] = i < PERIOD ? random.nextFloat() : table[i - PERIOD];
    }
    return table;
  }

  /** Where a quantizer begins to read in a step. */
  static int start(String quantizer, long step) {
    long mixed = (quantizer.hashCode() + SEED * step) * 0xD1B54A32D192ED03L;
    return (int) (mixed >>> 48);
  }

  /** The table; runs of up to 4,096 numbers may be read from {@link #place}. */
  static float[] values() {
    return TABLE;
  }

  /** Where the number of value {@code i} stands. */
  static int place(int start, int i) {
    return (start + i) & (PERIOD - 1);
  }

  /** The same numbers as an array for {@code n} values that begin anywhere: length n + period. */
  static INDArray onDevice(int n) {
    float[] values = new float[n + PERIOD];
    for (int i = 0; i < values.length; i++) {
      values[i] = TABLE[i & (PERIOD - 1)];
    }
    return Nd4j.createFromArray(values).detach();
  }

  /** The numbers of n values from such an array. */
  static INDArray from(INDArray onDevice, int start, long n) {
    return onDevice.get(NDArrayIndex.interval(start, start + n));
  }
}
