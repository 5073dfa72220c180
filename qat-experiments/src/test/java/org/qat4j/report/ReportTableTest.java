package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTableTest {
  @Test
  void aTableOfAtMost100Columns() {
    for (RunReport report :
        new RunReport[] {SampleReports.of(42), SampleReports.of(1, 2, 3, 4, 5, 6, 7, 8)}) {
      String table = ReportTable.of(report);
      assertThat(table.lines()).allMatch(line -> line.length() <= 100, "at most 100 columns");
      assertThat(table.lines()).noneMatch(line -> line.endsWith(" "));
      assertThat(table).doesNotContain("\r").endsWith("\n");
    }
  }

  @Test
  void everyStageHasALineWithItsFigures() {
    RunReport report = SampleReports.of(42);
    String table = ReportTable.of(report);
    report
        .results()
        .stages()
        .forEach(
            (stage, result) ->
                assertThat(table.lines())
                    .anySatisfy(
                        line ->
                            assertThat(line)
                                .startsWith(stage.title())
                                .contains(Formats.percent(result.score()))
                                .contains(Formats.percent(result.interval()))));
    assertThat(table)
        .contains("seed 42")
        .contains("3.64 MB float, 918.2 kB integer (0.252)")
        .contains("0 between Java and ONNX Runtime")
        .contains("3 malformed rows");
  }

  @Test
  void figuresForPeople() {
    assertThat(Formats.points(0.00124)).isEqualTo("+0.12");
    assertThat(Formats.points(-0.00124)).isEqualTo("−0.12");
    assertThat(Formats.points(-0.00001)).isEqualTo("0.00");
    assertThat(Formats.percent(0.85314)).isEqualTo("85.31 %");
    assertThat(Formats.bytes(999)).isEqualTo("999 B");
    assertThat(Formats.bytes(1_234_567)).isEqualTo("1.23 MB");
    assertThat(Formats.seconds(59.96)).isEqualTo("60.0 s");
    assertThat(Formats.seconds(245)).isEqualTo("4 min 05 s");
    assertThat(Formats.number(0.0012345)).isEqualTo("0.00123");
    assertThat(Formats.number(-3.4f)).isEqualTo("−3.4");
    assertThat(Formats.number(0)).isEqualTo("0");
    assertThat(Formats.decimals(Double.POSITIVE_INFINITY, 1)).isEqualTo("∞");
    assertThat(Formats.decimals(null, 1)).isEqualTo("–");
  }
}
