package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;

class MomentTest {
  @ParameterizedTest
  @CsvSource({
    "0%, 300, 0",
    "50%, 300, 150",
    "50 %, 301, 151",
    "12.5%, 16, 2",
    "100%, 300, 300",
    "200 steps, 300, 200",
    "1 step, 300, 1",
    "400 steps, 300, 400"
  })
  void countsSteps(String text, long total, long steps) {
    assertThat(Moment.parse(text).toSteps(total)).isEqualTo(steps);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "50", "0.5", "-1%", "101%", "%", "1.5 steps", "steps", "5 epochs", "5  %"})
  void refusesOtherForms(String text) {
    assertThatThrownBy(() -> Moment.parse(text))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("moment");
  }

  @Test
  void refusesImpossibleAmounts() {
    assertThatThrownBy(() -> Moment.percent(Double.NaN)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> Moment.steps(-1)).isInstanceOf(QatException.class);
  }

  @Property(seed = "1")
  void readsWhatItWrites(
      @ForAll @DoubleRange(max = 100) double percent, @ForAll @IntRange(min = 0) int steps) {
    assertThat(Moment.parse(Moment.percent(percent).toString())).isEqualTo(Moment.percent(percent));
    assertThat(Moment.parse(Moment.steps(steps).toString())).isEqualTo(Moment.steps(steps));
  }
}
