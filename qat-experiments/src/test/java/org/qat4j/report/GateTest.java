package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.AcceptSpec;
import org.qat4j.experiment.ByteSize;

/** What a run has to reach, judged on results that are made up. */
class GateTest {
  private static RunReport report(AcceptSpec accept, ModelBytes bytes, Map<Stage, Integer> right) {
    SeedRun.Builder run = SeedRun.builder(1).microsPerText(Stage.INTEGER, 12.5).bytes(bytes);
    Map<Stage, Integer> inOrder = new EnumMap<>(right);
    inOrder.forEach(
        (stage, n) -> {
          int[] predicted = new int[1_000];
          Arrays.fill(predicted, n, 1_000, 1);
          run.predictions(stage, Predictions.of(new int[1_000], predicted, new float[1_000]));
        });
    return RunReport.builder("gate", "")
        .data(new DataSummary(1, 1, 1_000, List.of("a", "b"), "", 0))
        .accept(accept)
        .run(run.build())
        .build();
  }

  private static final Map<Stage, Integer> RESULTS =
      Map.of(Stage.FLOAT, 850, Stage.CONTROL, 860, Stage.INTEGER, 840);
  private static final ModelBytes BYTES = new ModelBytes(4_000_000, 900_000, 1_100_000, null);

  @Test
  void whatIsMissedIsToldWithByHowMuch() {
    RunReport report =
        report(new AcceptSpec(0.5, 2.5, new ByteSize(1_000_000), 20.0), BYTES, RESULTS);
    Gate gate = report.gate();
    assertThat(gate.isMet()).isFalse();
    assertThat(gate.conditions())
        .extracting(Gate.Condition::key)
        .containsExactly("dropToFloat", "dropToControl", "bytes", "microseconds");
    assertThat(gate.conditions())
        .extracting(Gate.Condition::isMet)
        .containsExactly(false, true, false, true);
    Gate.Condition drop = gate.conditions().get(0);
    assertThat(drop.missedBy()).isBetween(0.4999, 0.5001);
    assertThat(drop.interval().lo()).isPositive().isLessThan(drop.value());
    assertThat(drop.interval().hi()).isGreaterThan(drop.value());
    assertThat(gate.missed())
        .matches(
            "dropToFloat: 1\\.00 points \\[0\\.\\d\\d, 1\\.\\d\\d], 0\\.50 points more than 0\\.50"
                + " points; bytes: 1\\.10 MB, 100\\.0 kB more than 1\\.00 MB");
    assertThat(report.findings().get(0).kind()).isEqualTo(Finding.Kind.GATE_MISSED);
    assertThat(report.findings().get(0).message()).contains(gate.missed());
    assertThat(ReportTable.of(report)).contains("gate     missed; dropToFloat: 1.00 points [");
  }

  @Test
  void whatIsMetPasses() {
    RunReport report =
        report(new AcceptSpec(1.5, null, new ByteSize(1_100_000), null), BYTES, RESULTS);
    assertThat(report.gate().isMet()).isTrue();
    assertThat(report.gate().missed()).isEmpty();
    assertThat(report.findings())
        .extracting(Finding::kind)
        .doesNotContain(Finding.Kind.GATE_MISSED);
    assertThat(ReportTable.of(report)).contains("gate     met; dropToFloat: 1.00 points [");
  }

  /** A gain may be asked for. */
  @Test
  void aNegativeDropIsAGain() {
    Map<Stage, Integer> gains = Map.of(Stage.FLOAT, 850, Stage.INTEGER, 860);
    assertThat(report(new AcceptSpec(-0.9, null, null, null), BYTES, gains).gate().isMet())
        .isTrue();
    assertThat(report(new AcceptSpec(-1.1, null, null, null), BYTES, gains).gate().isMet())
        .isFalse();
  }

  @Test
  void whatARunHasNoFigureForIsMissed() {
    Gate gate =
        report(
                new AcceptSpec(null, 0.5, new ByteSize(1_000), null),
                null,
                Map.of(Stage.FLOAT, 850, Stage.QAT, 850))
            .gate();
    assertThat(gate.isMet()).isFalse();
    assertThat(gate.missed())
        .isEqualTo(
            "dropToControl: not known for this run, at most 0.50 points is accepted; bytes: not"
                + " known for this run, at most 1,000 B is accepted");
  }

  @Test
  void withoutAskingThereIsNone() {
    assertThat(report(null, BYTES, RESULTS).gate()).isNull();
  }
}
