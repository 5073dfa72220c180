package org.qat4j.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void commandsOfATerminalAreShown() {
    assertThat(Printable.of("\033[31mred\033[0m\u0007\r\u009b2J\u007f"))
        .isEqualTo("\\u001b[31mred\\u001b[0m\\u0007\\u000d\\u009b2J\\u007f");
  }

  @Test
  void otherTextStaysAsItIs() {
    String text = "a\tb\nÖß \uD83D\uDE00";
    assertThat(Printable.of(text)).isEqualTo(text);
  }
}
