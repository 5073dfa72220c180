package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qat4j.training.ProcessMemory;

class MachineMemoryTest {
  private static final long GIGABYTE = 1L << 30;

  private final String bytes = System.getProperty(MachineMemory.BYTES);
  private final String physical = System.getProperty(MachineMemory.PHYSICAL);
  private final String process = System.getProperty(ProcessMemory.LIMIT);

  @AfterEach
  void restore() {
    set(MachineMemory.BYTES, bytes);
    set(MachineMemory.PHYSICAL, physical);
    set(ProcessMemory.LIMIT, process);
  }

  private static void set(String key, String value) {
    if (value == null) {
      System.clearProperty(key);
    } else {
      System.setProperty(key, value);
    }
  }

  @Test
  void nativesTakeAShareOfTheMachine() {
    set(MachineMemory.BYTES, null);
    set(MachineMemory.PHYSICAL, null);
    set(ProcessMemory.LIMIT, null);
    MachineMemory.limitNatives(2 * GIGABYTE);
    assertThat(Long.getLong(MachineMemory.BYTES)).isEqualTo(GIGABYTE);
    assertThat(Long.getLong(ProcessMemory.LIMIT)).isEqualTo(3 * GIGABYTE / 2);
    assertThat(Long.getLong(MachineMemory.PHYSICAL)).as("JavaCPP's own check").isZero();
  }

  @Test
  void whatTheUserSetsStays() {
    set(MachineMemory.BYTES, "8g");
    set(MachineMemory.PHYSICAL, "12g");
    set(ProcessMemory.LIMIT, null);
    MachineMemory.limitNatives(2 * GIGABYTE);
    assertThat(System.getProperty(MachineMemory.BYTES)).isEqualTo("8g");
    assertThat(System.getProperty(MachineMemory.PHYSICAL)).isEqualTo("12g");
    assertThat(System.getProperty(ProcessMemory.LIMIT)).isNull();
  }
}
