package org.qat4j.runtime;

import org.qat4j.QatException;

/**
 * How an {@link IntegerRuntime} works. No option changes a result.
 *
 * @param kernel which inner loops
 * @param tableBytes memory for what tokens add to the layers that read them, ≥ 0; it fills as new
 *     tokens occur, and 0 computes everything anew each time
 */
public record RuntimeOptions(Kernel kernel, long tableBytes) {
  /** Enough for 20,000 words, five taps and 128 channels. */
  public static final long DEFAULT_TABLE_BYTES = 64L << 20;

  /** Inner loops. */
  public enum Kernel {
    /** {@link #VECTOR} where it is available, else {@link #SCALAR}. */
    AUTO,
    /** Plain Java. */
    SCALAR,
    /** The Vector API; needs {@code java --add-modules jdk.incubator.vector}. */
    VECTOR
  }

  public RuntimeOptions {
    if (tableBytes < 0) {
      throw new QatException("tableBytes must be 0 or more, not " + tableBytes);
    }
  }

  /** The fastest kernel there is, and {@link #DEFAULT_TABLE_BYTES}. */
  public static RuntimeOptions defaults() {
    return new RuntimeOptions(Kernel.AUTO, DEFAULT_TABLE_BYTES);
  }

  public RuntimeOptions withKernel(Kernel kernel) {
    return new RuntimeOptions(kernel, tableBytes);
  }

  public RuntimeOptions withTableBytes(long tableBytes) {
    return new RuntimeOptions(kernel, tableBytes);
  }
}
