package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.diagnostics.LayerError;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.LayerOverride;

/** Each finding by a run that shows it; every line that mends is read as an experiment file. */
class FindingsTest {
  private static final int ITEMS = 1_000;

  @TempDir private Path folder;
  private final List<Finding> seen = new ArrayList<>();

  /** Items of 1,000 that a stage answers rightly: the first ones. */
  private static Map<Stage, Predictions> right(Map<Stage, Integer> items) {
    Map<Stage, Predictions> predictions = new EnumMap<>(Stage.class);
    items.forEach(
        (stage, n) -> {
          int[] labels = new int[ITEMS];
          int[] predicted = new int[ITEMS];
          java.util.Arrays.fill(predicted, n, ITEMS, 1);
          predictions.put(stage, Predictions.of(labels, predicted, new float[ITEMS]));
        });
    return predictions;
  }

  private List<Finding> find(
      Map<Stage, Integer> items, long skipped, SeedRun.Builder run, Verification verification) {
    Map<Stage, Predictions> predictions = right(items);
    predictions.forEach(run::predictions);
    List<Finding> found =
        Findings.of(
            new DataSummary(1, 1, ITEMS, List.of("a", "b"), "", skipped),
            Results.of(List.of(predictions)),
            run.build(),
            verification);
    seen.addAll(found);
    return found;
  }

  private List<Finding> find(Map<Stage, Integer> items, SeedRun.Builder run) {
    return find(items, 0, run, null);
  }

  @AfterEach
  void everyLineThatMendsIsOneOfAnExperimentFile() throws Exception {
    Files.writeString(
        folder.resolve("base.yaml"),
        """
        schemaVersion: 1
        name: base
        data:
          kind: table
          train: rows.tsv
        model:
          kind: word-cnn
        """);
    for (Finding finding : seen) {
      if (finding.yaml() != null) {
        Path file = folder.resolve("mended.yaml");
        Files.writeString(file, "extends: base.yaml\n" + finding.yaml() + "\n");
        assertThat(ExperimentReader.read(file, List.of())).as(finding.yaml()).isNotNull();
      }
    }
  }

  private Experiment mended(Finding finding) throws Exception {
    everyLineThatMendsIsOneOfAnExperimentFile();
    Path file = folder.resolve("one.yaml");
    Files.writeString(file, "extends: base.yaml\n" + finding.yaml() + "\n");
    return ExperimentReader.read(file, List.of());
  }

  @Test
  void aSweepTellsWhatTrainingIsWorth() {
    Map<String, List<SeedRun>> runs = new LinkedHashMap<>();
    // float, control, post-training, integer
    runs.put("no-gain", List.of(sweepRun(850, 850, 850, 851)));
    runs.put("as-float", List.of(sweepRun(850, 870, 850, 870)));
    runs.put("saved", List.of(sweepRun(850, 870, 800, 860)));
    runs.put("better", List.of(sweepRun(850, 850, 850, 880)));
    SweepReport report =
        SweepReport.of(
            "s",
            "",
            new DataSummary(1, 1, ITEMS, List.of("a", "b"), "", 0),
            runs,
            List.of(Map.of(), Map.of(), Map.of(), Map.of()),
            Map.of());
    assertThat(report.findings())
        .contains(
            "Post-training quantization would have been enough for no-gain.",
            "Quantization without training loses nothing, and training under quantization gains no"
                + " more than longer float training does, for as-float.",
            "Training under quantization pays for saved, better.");
  }

  private static SeedRun sweepRun(int floats, int control, int ptq, int integer) {
    SeedRun.Builder run = SeedRun.builder(1).bytes(new ModelBytes(4, 1, 1, 1L));
    right(
            Map.of(
                Stage.FLOAT, floats,
                Stage.CONTROL, control,
                Stage.PTQ, ptq,
                Stage.INTEGER, integer))
        .forEach(run::predictions);
    return run.build();
  }

  @Test
  void postTrainingQuantizationDoesAsWell() throws Exception {
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 850, Stage.PTQ, 850, Stage.INTEGER, 851), SeedRun.builder(1));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("Post-training quantization does as well");
    assertThat(mended(found.get(0)).quantize().qat().epochs()).isZero();
  }

  @Test
  void trainingUnderQuantizationPays() {
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 850, Stage.PTQ, 700, Stage.INTEGER, 850), SeedRun.builder(1));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("pays here").contains("+15.00");
    assertThat(found.get(0).yaml()).isNull();
  }

  @Test
  void theGainIsThatOfLongerTraining() throws Exception {
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.8, 0.8);
    curve(run, Stage.QAT, 0.85);
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 800, Stage.CONTROL, 850, Stage.INTEGER, 850), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("longer training");
    assertThat(mended(found.get(0)).train().epochs()).isEqualTo(4);
  }

  @Test
  void theLayerWithTheMostNoiseGetsMoreBits() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1)
            .layers(
                Stage.QAT,
                new LayerReport(
                    List.of(row("conv", 8, 5, 0), row("a\"b", 2, 9, 0), row("out", 2, 12, 0)),
                    List.of()));
    List<Finding> found = find(Map.of(Stage.FLOAT, 850, Stage.INTEGER, 800), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).level()).isEqualTo(Finding.Level.WARNING);
    assertThat(found.get(0).message()).contains("−5.00").contains("a\"b").contains("9.0 dB");
    LayerOverride mending = mended(found.get(0)).quantize().overrides().get(0);
    assertThat(mending.layer()).isEqualTo("a\"b");
    assertThat(mending.weights().bits()).isEqualTo(8);
  }

  @Test
  void withAllBitsUsedTrainingIsWhatIsLeft() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1)
            .layers(Stage.QAT, new LayerReport(List.of(row("conv", 8, 5, 0)), List.of()));
    curve(run, Stage.QAT, 0.8, 0.8);
    List<Finding> found = find(Map.of(Stage.FLOAT, 850, Stage.INTEGER, 800), run);
    assertThat(found).hasSize(1);
    assertThat(mended(found.get(0)).quantize().qat().epochs()).isEqualTo(3);
  }

  @Test
  void muchThatIsClipped() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1)
            .layers(
                Stage.QAT,
                new LayerReport(
                    List.of(row("conv", 8, 30, 0.02), row("dense", 8, 30, 0.001)), List.of()));
    List<Finding> found = find(Map.of(Stage.FLOAT, 850, Stage.INTEGER, 850), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("2.00 %").contains("conv");
    assertThat(mended(found.get(0)).quantize().overrides()).hasSize(1);
  }

  @Test
  void trainedTooShort() throws Exception {
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.75, 0.8, 0.81);
    List<Finding> found = find(Map.of(Stage.FLOAT, 850), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("still learning").contains("+1.00");
    assertThat(mended(found.get(0)).train().epochs()).isEqualTo(6);
  }

  @Test
  void trainedTooLong() throws Exception {
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.8, 0.79, 0.78);
    List<Finding> found = find(Map.of(Stage.FLOAT, 850), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("best after epoch 2").contains("−2.00");
    assertThat(mended(found.get(0)).train().epochs()).isEqualTo(2);
  }

  @Test
  void skippedRowsAndEnginesThatDisagree() {
    Verification differs = new Verification(10, 3L, 0, 0, 0.1, List.of());
    List<Finding> found = find(Map.of(Stage.FLOAT, 850), 7, SeedRun.builder(1), differs);
    assertThat(found).hasSize(2);
    assertThat(found).allMatch(f -> f.level() == Finding.Level.WARNING);
    assertThat(found.get(0).message()).contains("do not agree").contains("3 between Java");
    assertThat(found.get(1).message()).contains("7 malformed rows");
  }

  @Test
  void nothingToSayOfAnOrdinaryFloatNetwork() {
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.8, 0.801, 0.8);
    assertThat(find(Map.of(Stage.FLOAT, 850), run)).isEmpty();
  }

  private static void curve(SeedRun.Builder run, Stage stage, double... validation) {
    for (int epoch = 1; epoch <= validation.length; epoch++) {
      run.curve(new CurvePoint(stage, epoch, epoch, 1, validation[epoch - 1], 0.1, 1));
    }
  }

  private static LayerRow row(String name, int bits, double sqnr, double clipped) {
    LayerError error = new LayerError(sqnr, 0.9);
    return new LayerRow(
        name, "QatDense", bits, "per channel", 4, 0.1f, 0.2f, 0, 8, 0.1f, 0, clipped, error, error);
  }

  @Test
  void aSearchIsWorthPointsOrBytes() {
    assertThat(searched(700, 800, 910_000)).contains("The search pays here: +10.00");
    assertThat(searched(700, 702, 905_000)).contains("The search gains nothing sure");
    assertThat(searched(700, 690, 296_000))
        .contains("The search makes the model smaller, 296.0 kB instead of 910.0 kB, for −1.00");
  }

  private String searched(int untuned, int tuned, long bytes) {
    TuningReport.Figures before = new TuningReport.Figures(0, .7, 1, 1, 910_000, 8, "");
    TuningReport.Figures after = new TuningReport.Figures(9, .7, 1, 1, bytes, 4, "");
    TuningReport report =
        new TuningReport(
            "loss", 9, 1, 10, 0, 9, 1, before, before, after, List.of(), List.of(), List.of(),
            List.of());
    return find(
            Map.of(Stage.FLOAT, 700, Stage.PTQ, untuned, Stage.TUNED, tuned),
            SeedRun.builder(1).tuning(report))
        .stream()
        .map(Finding::message)
        .filter(m -> m.startsWith("The search"))
        .findFirst()
        .orElseThrow();
  }
}
