package org.qat4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.bench.SoakReport.Part;
import org.qat4j.bench.SoakReport.Reading;
import org.qat4j.console.Console;

class SoakTest {
  private static final long MEGA = 1 << 20;
  private static final SoakSpec SHORT = new SoakSpec(0, 4, 2, 3, 2);

  @Test
  @Tag("slow")
  void everyPartIsDoneAndRead() {
    List<String> seen = new ArrayList<>();
    SoakReport report =
        Soak.run(SHORT, Console.quiet().progress("soak", Soak.steps()), r -> seen.add(r.csv()));

    assertThat(report.readings().stream().map(Reading::part).distinct())
        .containsExactly(Part.values());
    assertThat(report.readings())
        .extracting(Reading::done)
        .containsExactly(1L, 2L, 4L, 6L, 8L, 1L, 2L, 3L, 1L, 2L);
    assertThat(report.readings()).allSatisfy(r -> assertThat(r.heap()).isPositive());
    assertThat(report.csv().lines()).hasSize(11);
    assertThat(seen).hasSize(10).endsWith(report.csv());
    assertThat(report.table())
        .contains("predictions", "networks fitted", "memory stays what it is");
  }

  private static SoakReport report(long first, long each, long process) {
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      long noise = i % 2 == 0 ? MEGA : -MEGA;
      long warmUp = i < 10 ? 100 * MEGA : 0;
      readings.add(
          new Reading(Part.FITS, i, 10L * i, first - warmUp + 10L * i * each + noise, process));
    }
    return new SoakReport(SHORT, readings, Map.of());
  }

  /** Ten to 29, each of which is ten fits: 190 fits of half a megabyte. */
  @Test
  void whatGrowsIsSaid() {
    SoakReport leaking = report(200 * MEGA, MEGA / 2, 500 * MEGA);
    SoakReport.Course course = leaking.heap().get(0);
    assertThat(course.done()).isEqualTo(190);
    assertThat(course.rise()).isBetween(93 * MEGA, 96 * MEGA);
    assertThat(course.rises()).isTrue();
    assertThat(leaking.process().get(0).rise()).isZero();
    assertThat(leaking.isFlat()).isFalse();
    assertThat(leaking.table()).contains("memory rises");

    SoakReport still = report(200 * MEGA, 0, 0);
    assertThat(still.isFlat()).isTrue();
    assertThat(still.process()).isEmpty();
  }

  @Test
  void impossibleScalesAreRefused() {
    for (double scale : new double[] {0, -1, Double.NaN, 1e9}) {
      assertThatThrownBy(() -> SoakSpec.of(1, scale))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("from 0.001 to 100");
    }
    assertThat(SoakSpec.of(120, 1)).isEqualTo(new SoakSpec(7200, 10_000_000, 8, 10_000, 1000));
  }
}
