package org.qat4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class JavaProcessTest {
  /** Prints its arguments, a line each. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] lines) {
      List.of(lines).forEach(System.out::println);
    }
  }

  private static long number(List<String> options, String... lines) throws IOException {
    return JavaProcess.number(
        "echo", System.getProperty("java.class.path"), options, Echo.class, lines);
  }

  @Test
  void theMachinesOwnLinesDoNotMatter() throws IOException {
    assertThat(number(List.of("-Xlog:gc*"), "12345678901")).isEqualTo(12_345_678_901L);
  }

  @Test
  void tellsWhatWasPrintedInThePlaceOfANumber() {
    assertThatThrownBy(() -> number(List.of(), "12 bytes", "none"))
        .isInstanceOf(QatException.class)
        .hasMessageContainingAll("echo", "no number", "12 bytes");
  }
}
