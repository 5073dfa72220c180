package org.qat4j.cli;

import java.lang.management.ManagementFactory;
import org.qat4j.training.ProcessMemory;

/**
 * How much memory natives may take: a share of that of the machine, or of the container that this
 * process runs in. JavaCPP reads its limits from system properties as its classes are loaded.
 */
final class MachineMemory {
  /** Limit of what is allocated outside of the heap. */
  static final String BYTES = "org.bytedeco.javacpp.maxbytes";

  /**
   * Limit of all that the process holds. JavaCPP asks the system for it at each array, a tenth of
   * the time of a small training: off unless the user sets it, trainings look at each step.
   */
  static final String PHYSICAL = "org.bytedeco.javacpp.maxphysicalbytes";

  private MachineMemory() {}

  /** Sets the limits that the user has not set: half of the memory, and three quarters of it. */
  static void limitNatives() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean machine) {
      limitNatives(machine.getTotalMemorySize());
    }
  }

  static void limitNatives(long total) {
    setDefault(BYTES, total / 2);
    if (System.getProperty(PHYSICAL) == null) {
      setDefault(ProcessMemory.LIMIT, total / 4 * 3);
    }
    setDefault(PHYSICAL, 0);
  }

  private static void setDefault(String key, long bytes) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, Long.toString(bytes));
    }
  }
}
