package org.qat4j.training;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
  private final String before = System.getProperty(ProcessMemory.LIMIT);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(ProcessMemory.LIMIT);
    } else {
      System.setProperty(ProcessMemory.LIMIT, before);
    }
  }

  @Test
  void aProcessThatHoldsMoreThanItMayEndsTheTraining() {
    System.setProperty(ProcessMemory.LIMIT, "1000");
    assertThatThrownBy(ProcessMemory::check)
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("of at most 1000");
    System.setProperty(ProcessMemory.LIMIT, Long.toString(1L << 50));
    assertThatCode(ProcessMemory::check).doesNotThrowAnyException();
  }
}
