package org.qat4j.training;

import org.bytedeco.javacpp.Pointer;

/** What the process holds stays below a limit, which a training looks at in each step. */
public final class ProcessMemory {
  /** System property: the limit in bytes; none where absent. */
  public static final String LIMIT = "qat4j.maxphysicalbytes";

  private ProcessMemory() {}

  /**
   * Collects garbage where the process holds more than the limit.
   *
   * @throws OutOfMemoryError if it still does then
   */
  static void check() {
    long limit = Long.getLong(LIMIT, Long.MAX_VALUE);
    if (Pointer.physicalBytes() <= limit) {
      return;
    }
    System.gc(); // frees arrays outside of the heap whose objects nobody holds
    long held = Pointer.physicalBytes();
    if (held > limit) {
      throw new OutOfMemoryError(
          "Physical memory usage is too high: " + held + " bytes of at most " + limit);
    }
  }
}
