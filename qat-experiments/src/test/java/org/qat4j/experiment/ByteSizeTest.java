package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({"1 B, 1", "800 kB, 800000", "1MB, 1000000", "1.5 MB, 1500000", "0.25 GB, 250000000"})
  void countsBytes(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "1 mb", "-1 kB", "0 B", "0.5 B", "1.0005 kB", "1 KiB", "MB"})
  void refusesOtherForms(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("a size is");
  }

  @Property(seed = "1")
  void readsWhatItWrites(@ForAll @LongRange(min = 1, max = 1L << 50) long bytes) {
    ByteSize size = new ByteSize(bytes);
    assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
  }
}
