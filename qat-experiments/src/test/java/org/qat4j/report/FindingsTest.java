package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.data.DataFinding;
import org.qat4j.diagnostics.LayerError;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.LayerOverride;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.qat.Diagnosis;
import org.qat4j.quantizer.Unsupported;

/** Each finding by a run that shows it; every line that mends is read as an experiment file. */
class FindingsTest {
  private static final int ITEMS = 1_000;

  @TempDir private Path folder;
  private final List<Finding> seen = new ArrayList<>();
  private ModelWords words;
  private Experiment experiment;

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
            verification,
            words,
            experiment);
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

  private static final DataSummary DATA = new DataSummary(1, 1, ITEMS, List.of("a", "b"), "", 0);

  private static List<Finding> sweep(Map<String, List<SeedRun>> runs) {
    List<Map<String, String>> settings = new ArrayList<>();
    runs.forEach((name, run) -> settings.add(Map.of()));
    return SweepReport.of("s", "", DATA, runs, settings, Map.of()).findings();
  }

  @Test
  void aSweepTellsWhatTrainingIsWorth() {
    Map<String, List<SeedRun>> runs = new LinkedHashMap<>();
    // float, control, post-training, integer
    runs.put("no-gain", List.of(sweepRun(850, 850, 850, 851)));
    runs.put("as-float", List.of(sweepRun(850, 870, 850, 870)));
    runs.put("saved", List.of(sweepRun(850, 870, 800, 860)));
    runs.put("harmed", List.of(sweepRun(850, 850, 850, 820)));
    runs.put("lost", List.of(sweepRun(850, 850, 800, 801)));
    runs.put("better", List.of(sweepRun(850, 850, 850, 880)));
    assertThat(sweep(runs))
        .extracting(Finding::message)
        .anyMatch(m -> m.matches("Nothing is sure .* lost, for no-gain \\(.*\\); points over .*"))
        .anyMatch(
            m ->
                m.matches(
                    ".*nothing sure beyond what the control gains .* for as-float \\(\\+2.00 .*"))
        .anyMatch(m -> m.matches(".* pays, .* for saved \\(\\+6.00 .*\\), better \\(\\+3.00 .*"))
        .anyMatch(m -> m.matches(".* does harm for harmed \\(−3.00 .*"))
        .anyMatch(m -> m.matches(".* gains nothing sure, .* for lost \\(.*"));
    assertThat(sweep(runs)).extracting(Finding::kind).contains(Finding.Kind.TRAINING_GAINS_NOTHING);
  }

  /** Near float is not near what longer training reaches, nor what a linear model does. */
  @Test
  void theSmallestModelOfASweepStandsBesideControlAndBaseline() {
    Map<String, List<SeedRun>> runs = new LinkedHashMap<>();
    Map<Stage, Predictions> linear = right(Map.of(Stage.LINEAR, 880));
    runs.put("small", List.of(sweepRun(850, 900, 800, 850).with(linear)));
    runs.put("large", List.of(sweepRun(850, 900, 800, 897, 9).with(linear)));
    Finding found = only(sweep(runs), Finding.Kind.SMALLEST_WITHIN);
    assertThat(found.message())
        .contains("within 0.5 points of the control is large: 9 B, −0.30 [", "] to float")
        .contains("so few test items do not rule out more")
        .contains("the baseline \"linear model\" stands at −2.00 [");
    runs.put("largest", List.of(sweepRun(850, 900, 800, 898, 90).with(linear)));
    assertThat(only(sweep(runs), Finding.Kind.KNEE).message()).contains("large", "9 B");
    runs.keySet().retainAll(List.of("small"));
    assertThat(only(sweep(runs), Finding.Kind.NONE_WITHIN).message())
        .contains("the nearest is small: −5.00 [", "\"linear model\" is ahead of it");
  }

  private static Finding only(List<Finding> found, Finding.Kind kind) {
    List<Finding> those = found.stream().filter(f -> f.kind() == kind).toList();
    assertThat(those).as("%s in %s", kind, found).hasSize(1);
    return those.get(0);
  }

  private static SeedRun sweepRun(int floats, int control, int ptq, int integer) {
    return sweepRun(floats, control, ptq, integer, 1);
  }

  private static SeedRun sweepRun(int floats, int control, int ptq, int integer, int bytes) {
    SeedRun.Builder run = SeedRun.builder(1).bytes(new ModelBytes(4, bytes, bytes, 1L));
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
    assertThat(found)
        .extracting(Finding::kind)
        .containsExactly(Finding.Kind.POST_TRAINING_SUFFICES);
    assertThat(found.get(0).message()).startsWith("Nothing is sure").contains("+0.10 [");
    assertThat(mended(found.get(0)).quantize().qat().epochs()).isZero();
  }

  @Test
  void postTrainingQuantizationDoesBetterThanTheTraining() throws Exception {
    List<Finding> found =
        find(
            Map.of(Stage.FLOAT, 850, Stage.CONTROL, 850, Stage.PTQ, 850, Stage.INTEGER, 830),
            SeedRun.builder(1));
    assertThat(found)
        .extracting(Finding::kind)
        .containsExactly(Finding.Kind.LOST_BY_QUANTIZATION, Finding.Kind.POST_TRAINING_BETTER);
    assertThat(found.get(0).remedy()).contains("the training under quantization that loses it");
    assertThat(found.get(1).message()).contains("does harm here: −2.00 [");
    assertThat(mended(found.get(1)).quantize().qat().epochs()).isZero();
  }

  @Test
  void trainingUnderQuantizationPays() {
    List<Finding> found =
        find(
            Map.of(Stage.FLOAT, 850, Stage.CONTROL, 851, Stage.PTQ, 700, Stage.INTEGER, 850),
            SeedRun.builder(1));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message())
        .contains("pays here: +15.00 [", "the control gains +0.10 [", "beyond that: +14.90 [");
    assertThat(found.get(0).yaml()).isNull();
  }

  /** A gain over post-training quantization is none of quantization if float gains it as well. */
  @Test
  void theControlGainsAsMuch() throws Exception {
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.8, 0.8);
    curve(run, Stage.QAT, 0.85);
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 850, Stage.CONTROL, 870, Stage.PTQ, 850, Stage.INTEGER, 870), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).message())
        .contains(
            "nothing sure beyond what as many steps gain in float: +2.00 [",
            "control gains +2.00 [")
        .doesNotContain("pays");
    Experiment mended = mended(found.get(0));
    assertThat(mended.train().epochs()).isEqualTo(4);
    assertThat(mended.quantize().qat().epochs()).isZero();
  }

  /** What was calibrated loses too: the control gained even more, so there is nothing that pays. */
  @Test
  void theControlGainsMoreThanCalibrationLost() {
    List<Finding> found =
        find(
            Map.of(Stage.FLOAT, 800, Stage.CONTROL, 850, Stage.PTQ, 790, Stage.INTEGER, 840),
            SeedRun.builder(1));
    assertThat(found)
        .extracting(Finding::kind)
        .contains(Finding.Kind.LOST_BY_QUANTIZATION, Finding.Kind.FLOAT_GAINS_AS_MUCH)
        .doesNotContain(Finding.Kind.TRAINING_PAYS);
    assertThat(only(found, Finding.Kind.FLOAT_GAINS_AS_MUCH).yaml()).doesNotContain("quantize");
  }

  @Test
  void theControlLosesAsMuch() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1)
            .layers(Stage.QAT, new LayerReport(List.of(row("conv", 8, 5, 0)), List.of()));
    curve(run, Stage.QAT, 0.8, 0.8);
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 850, Stage.CONTROL, 829, Stage.INTEGER, 830), run);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).kind()).isEqualTo(Finding.Kind.LOST_BY_TRAINING);
    assertThat(found.get(0).message())
        .contains("below float by −2.00 [", "nothing sure: +0.10 [", "control itself", "−2.10 [");
    assertThat(found.get(0).remedy()).contains("not the quantization: train less");
    assertThat(mended(found.get(0)).quantize().qat().epochs()).isEqualTo(1);
  }

  @Test
  void whoseLossItIsMayNotBeSure() {
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 850, Stage.CONTROL, 848, Stage.INTEGER, 845), SeedRun.builder(1));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).kind()).isEqualTo(Finding.Kind.LOSS_NOT_SURE);
    assertThat(found.get(0).remedy()).contains("--seeds 5");
  }

  @Test
  void pruningLostIt() {
    List<Finding> found =
        find(
            Map.of(Stage.FLOAT, 850, Stage.CONTROL, 850, Stage.PRUNED, 800, Stage.INTEGER, 795),
            SeedRun.builder(1));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).kind()).isEqualTo(Finding.Kind.LOST_BY_PRUNING);
    assertThat(found.get(0).message()).contains("−5.50 [", "before it is quantized: −5.00 [");
  }

  @Test
  void theGainIsThatOfLongerTraining() throws Exception {
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.8, 0.78);
    curve(run, Stage.QAT, 0.85);
    List<Finding> found =
        find(Map.of(Stage.FLOAT, 800, Stage.CONTROL, 850, Stage.INTEGER, 850), run);
    assertThat(found) // and nothing of training shorter
        .extracting(Finding::kind)
        .containsExactly(Finding.Kind.GAIN_OF_LONGER_TRAINING);
    assertThat(found.get(0).message()).contains("longer training");
    assertThat(mended(found.get(0)).train().epochs()).isEqualTo(4);
  }

  @Test
  void theBestBaselineIsAhead() throws Exception {
    // In questions with ranked answers, the order in which they stand is one of them.
    Map<Stage, Integer> items =
        Map.of(Stage.MAJORITY, 900, Stage.LINEAR, 860, Stage.FLOAT, 850, Stage.CONTROL, 851);
    Finding found = only(find(items, SeedRun.builder(1)), Finding.Kind.BASELINE_AHEAD);
    assertThat(found.message())
        .contains("\"most frequent\" does better than the float network: by +5.00 [")
        .contains("against the control, trained on in float, it is +4.90 [");
    assertThat(found.yaml()).isNull();
    words = new ModelWords(20_000, false, false);
    found = only(find(items, SeedRun.builder(1)), Finding.Kind.BASELINE_AHEAD);
    assertThat(found.remedy()).contains("parts of words").doesNotContain("vocabulary");
    assertThat(((ModelSpec.WordCnn) mended(found).model()).ngrams()).isNotNull();
    words = new ModelWords(20_000, true, true);
    found = only(find(items, SeedRun.builder(1)), Finding.Kind.BASELINE_AHEAD);
    assertThat(((ModelSpec.WordCnn) mended(found).model()).vocabulary()).isEqualTo(40_000);
    words = new ModelWords(20_000, false, true);
    found = only(find(items, SeedRun.builder(1)), Finding.Kind.BASELINE_AHEAD);
    assertThat(found.yaml()).isNull();
    assertThat(found.remedy()).contains("knows all words and their parts already");
  }

  @Test
  void theControlIsAheadOfTheBaseline() {
    Finding found =
        only(
            find(
                Map.of(Stage.LINEAR, 870, Stage.FLOAT, 850, Stage.CONTROL, 880),
                SeedRun.builder(1)),
            Finding.Kind.BASELINE_AHEAD_OF_FLOAT);
    assertThat(found.message()).contains("+2.00 [", "−1.00 [");
    assertThat(found.remedy()).contains("trained longer");
  }

  @Test
  void whatNoTrainingShows() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1)
            .diagnoses(
                List.of(
                    new Diagnosis("b", Diagnosis.Cause.STATISTICS, "layer \"b\": do not fit"),
                    new Diagnosis("m", Diagnosis.Cause.LOST_BRANCH, "layer \"m\": is lost")));
    curve(run, Stage.FLOAT, 0.7, 0.8, 0.79, 0.78);
    List<Finding> found = find(Map.of(Stage.FLOAT, 850, Stage.INTEGER, 850), run);
    assertThat(found)
        .extracting(Finding::message)
        .containsExactly("Layer \"b\": do not fit.", "Layer \"m\": is lost.");
    assertThat(found)
        .extracting(Finding::kind)
        .containsExactly(Finding.Kind.STATISTICS, Finding.Kind.LOST_BRANCH);
    assertThat(mended(found.get(0)).train().epochs()).isEqualTo(6);
    assertThat(mended(found.get(1)).quantize().postTraining().equalize()).isTrue();
  }

  /** What is done already is no remedy. */
  @Test
  void aLostBranchOfEqualizedChannels() throws Exception {
    List<Diagnosis> lost =
        List.of(new Diagnosis("m", Diagnosis.Cause.LOST_BRANCH, "layer \"m\": is lost"));
    Path file = folder.resolve("equalized.yaml");
    everyLineThatMendsIsOneOfAnExperimentFile();
    for (int bits : List.of(4, 8)) {
      Files.writeString(
          file,
          "extends: base.yaml\nquantize: {postTraining: {equalize: true}, activations: {bits: "
              + bits
              + "}}\n");
      experiment = ExperimentReader.read(file, List.of());
      Finding found =
          only(
              find(
                  Map.of(Stage.FLOAT, 850, Stage.INTEGER, 850), SeedRun.builder(1).diagnoses(lost)),
              Finding.Kind.LOST_BRANCH);
      assertThat(found.remedy()).contains("evened out already");
      if (bits == 4) {
        assertThat(mended(found).quantize().activations().bits()).isEqualTo(8);
      } else {
        assertThat(found.yaml()).isNull();
      }
    }
  }

  @Test
  void everyBaselineThatIsAheadIsNamed() throws Exception {
    Map<Stage, Integer> items =
        Map.of(Stage.MAJORITY, 870, Stage.OVERLAP, 890, Stage.LINEAR, 840, Stage.FLOAT, 850);
    Finding found = only(find(items, SeedRun.builder(1)), Finding.Kind.BASELINE_AHEAD);
    assertThat(found.message())
        .startsWith(
            "The baseline \"words in common\" does better than the float network: by +4.00 [")
        .contains("better also \"most frequent\" (+2.00 [")
        .doesNotContain("linear");
    everyLineThatMendsIsOneOfAnExperimentFile();
    Path file = folder.resolve("pairs.yaml");
    Files.writeString(file, "extends: base.yaml\nmodel: {kind: pair-cnn}\n");
    experiment = ExperimentReader.read(file, List.of());
    found = only(find(items, SeedRun.builder(1)), Finding.Kind.BASELINE_AHEAD);
    assertThat(((ModelSpec.PairCnn) mended(found).model()).overlap()).isPositive();
    assertThat(((ModelSpec.PairCnn) mended(found).model()).places()).isPositive();
  }

  /** Of numbers the smaller error is the better one, and there is no accuracy. */
  @Test
  void numbersHaveNoAccuracy() {
    double[] truths = new double[ITEMS];
    Map<Stage, Double> errors =
        Map.of(
            Stage.MEAN,
            3.0,
            Stage.LINEAR,
            0.5,
            Stage.FLOAT,
            1.0,
            Stage.CONTROL,
            1.0,
            Stage.INTEGER,
            2.0);
    Map<Stage, Predictions> predictions = new EnumMap<>(Stage.class);
    errors.forEach(
        (stage, error) -> {
          double[] answers = new double[ITEMS];
          for (int i = 0; i < ITEMS; i++) {
            truths[i] = i;
            answers[i] = i + error * (i % 3 - 1);
          }
          predictions.put(stage, Predictions.ofNumbers(truths, answers));
        });
    SeedRun.Builder run = SeedRun.builder(1);
    curve(run, Stage.FLOAT, 0.7, 0.8);
    predictions.forEach(run::predictions);
    List<Finding> found =
        Findings.of(DATA, Results.of(List.of(predictions)), run.build(), null, null, null);
    assertThat(only(found, Finding.Kind.BASELINE_AHEAD).message())
        .contains("\"linear model\"")
        .contains("RMSE")
        .doesNotContain("mean number");
    assertThat(only(found, Finding.Kind.LOST_BY_QUANTIZATION).message())
        .contains("The integer model loses to the control");
    assertThat(only(found, Finding.Kind.STILL_LEARNING).message()).contains("validation Spearman");
    assertThat(found).extracting(Finding::text).noneMatch(text -> text.contains("accuracy"));
  }

  @Test
  void placesWithLargeChannelsAreToldTogether() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1)
            .diagnoses(
                List.of(
                    new Diagnosis("a", Diagnosis.Cause.OUTLIER_CHANNELS, "layer \"a\": is wide"),
                    new Diagnosis("b", Diagnosis.Cause.OUTLIER_CHANNELS, "layer \"b\": is wide")));
    Finding found = only(find(Map.of(Stage.FLOAT, 850), run), Finding.Kind.OUTLIER_CHANNELS);
    assertThat(found.message()).isEqualTo("Layer \"a\": is wide; so it is in \"b\".");
    assertThat(mended(found).quantize().residual()).isEqualTo(16);
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
    assertThat(found).extracting(Finding::kind).containsExactly(Finding.Kind.CLIPPED);
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
    assertThat(found).extracting(Finding::kind).containsExactly(Finding.Kind.BEST_BEFORE);
    assertThat(found.get(0).message()).contains("best after epoch 2").contains("−2.00");
    assertThat(mended(found.get(0)).train().epochs()).isEqualTo(2);
  }

  @Test
  void skippedRowsAndEnginesThatDisagree() {
    Verification differs = new Verification(10, 3L, 0, 0, 0.1, List.of());
    List<Finding> found = find(Map.of(Stage.FLOAT, 850), 7, SeedRun.builder(1), differs);
    assertThat(found)
        .extracting(Finding::kind)
        .containsExactly(Finding.Kind.ENGINES_DIFFER, Finding.Kind.ROWS_LEFT_OUT);
    assertThat(found.get(0).message()).contains("do not agree").contains("3 between Java");
    assertThat(found.get(1).message()).contains("7 malformed rows");
  }

  @Test
  void layersThatStayInFloat() throws Exception {
    SeedRun.Builder run =
        SeedRun.builder(1).inFloat(List.of("layer \"lrn\": no form; use another"));
    Finding found = only(find(Map.of(Stage.FLOAT, 850), run), Finding.Kind.STAYS_IN_FLOAT);
    assertThat(found.message()).contains("layer \"lrn\": no form").doesNotContain("use another");
    assertThat(mended(found).quantize().unsupported()).isEqualTo(Unsupported.REFUSE);
  }

  @Test
  void whatWasSeenInTheDataIsToldAgain() {
    DataSummary data = DATA.with(List.of(new DataFinding("Twice: x", "data:\n  header: true")));
    Map<Stage, Predictions> answers = right(Map.of(Stage.FLOAT, 850));
    List<Finding> found =
        Findings.of(
            data, Results.of(List.of(answers)), SeedRun.builder(1).build(), null, null, null);
    assertThat(only(found, Finding.Kind.DATA).message()).isEqualTo("Twice: x");
    assertThat(only(found, Finding.Kind.DATA).remedy()).contains("add the lines below");
    assertThat(only(found, Finding.Kind.DATA).yaml()).contains("header: true");
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
    assertThat(searched(Finding.Kind.SEARCH_PAYS, 400, 840, 875, 910_000))
        .contains("The search pays here: +3.50 [", "over the best of the usual observers")
        .contains("and +47.50 [", "over the untuned setting; to float it is −0.50 [");
    assertThat(searched(Finding.Kind.OBSERVER_SUFFICES, 400, 874, 875, 910_000))
        .contains(
            "The best of the usual observers has all that the search gains for sure: +0.10 [");
    assertThat(searched(Finding.Kind.SEARCH_GAINS_NOTHING, 700, 701, 702, 905_000))
        .contains("The search gains nothing sure: +0.10 [");
    assertThat(searched(Finding.Kind.OBSERVER_BETTER, 700, 840, 820, 905_000))
        .contains("The search does worse", "−2.00 [");
    assertThat(searched(Finding.Kind.SEARCH_SMALLER, 700, 700, 690, 296_000))
        .contains("The search makes the model smaller, 296.0 kB instead of 910.0 kB: −1.00 [");
  }

  private String searched(Finding.Kind kind, int untuned, int observer, int tuned, long bytes) {
    TuningReport.Figures before = new TuningReport.Figures(0, .7, 1, 1, 910_000, 8, "");
    TuningReport.Figures after = new TuningReport.Figures(9, .7, 1, 1, bytes, 4, "");
    TuningReport report =
        new TuningReport(
            "loss", 9, 1, 10, 0, 9, 1, before, before, after, List.of(), List.of(), List.of(),
            List.of());
    Map<Stage, Integer> items =
        Map.of(Stage.FLOAT, 880, Stage.PTQ, untuned, Stage.OBSERVER, observer, Stage.TUNED, tuned);
    return only(find(items, SeedRun.builder(1).tuning(report)), kind).message();
  }

  /** docs/report.md has a row for every kind. */
  @Test
  void theDocumentationListsAllFindings() throws Exception {
    String docs = Files.readString(Path.of("..", "docs", "report.md"));
    String table = docs.substring(docs.indexOf("## Findings"));
    List<String> rows =
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (warning|advice) \\|")
            .matcher(table)
            .results()
            .map(m -> m.group(1) + " " + m.group(2))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Stream.of(Finding.Kind.values())
                .map(kind -> kind.key() + " " + kind.level().name().toLowerCase(Locale.ROOT))
                .toList());
  }

  /** Each kind is looked for by name in a test of this package. */
  @Test
  void everyFindingHasATest() throws Exception {
    StringBuilder tests = new StringBuilder();
    for (String test : List.of("FindingsTest", "GateTest")) {
      Path file = Path.of("src/test/java/org/qat4j/report", test + ".java");
      tests.append(Files.readString(file));
    }
    assertThat(Finding.Kind.values())
        .allSatisfy(kind -> assertThat(tests).containsPattern("Kind\\." + kind.name() + "\\b"));
  }
}
