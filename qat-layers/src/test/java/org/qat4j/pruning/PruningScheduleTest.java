package org.qat4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class PruningScheduleTest {
  /**
   * s_f + (s_i − s_f)·(1 − (t − t₀) / (nΔt))³ with s_i = 0, whose first step, at 0, does nothing.
   */
  @Test
  void risesAsInTheArticle() {
    PruningSchedule schedule = new PruningSchedule(100, 400, 4);
    double target = 0.9;
    for (int i = 0; i < 4; i++) {
      double left = 1 - (i + 1) / 4.0;
      assertThat(schedule.isDue(100 + 100L * i)).isTrue();
      assertThat(schedule.sparsity(target, 100 + 100L * i + 50))
          .isCloseTo(target - target * Math.pow(left, 3), within(1e-12));
    }
    assertThat(schedule.sparsity(target, 99)).isZero();
    assertThat(schedule.sparsity(target, 1_000_000)).isEqualTo(target);
    assertThat(LongStream.range(0, 1000).filter(schedule::isDue).count()).isEqualTo(4);
  }

  @Test
  void once() {
    assertThat(PruningSchedule.immediately().isDue(0)).isTrue();
    assertThat(PruningSchedule.immediately().sparsity(0.5, 0)).isEqualTo(0.5);
  }

  @Test
  void impossible() {
    assertThatThrownBy(() -> new PruningSchedule(10, 12, 4))
        .isInstanceOf(QatException.class)
        .hasMessage(
            "4 prunings from step 10 to step 12: there have to be as many steps, and at least one"
                + " pruning");
    assertThatThrownBy(() -> new PruningSchedule(10, 9, 1)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> PruneRule.weights(1))
        .hasMessageContaining("a sparsity is a number from 0 to below 1, not 1.0");
    assertThatThrownBy(() -> PruneRule.keep(4, 4)).isInstanceOf(QatException.class);
  }
}
