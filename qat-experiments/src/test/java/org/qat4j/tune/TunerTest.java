package org.qat4j.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.TuningReport;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;

class TunerTest {
  @TempDir private Path folder;

  private Tuner.Result run(String tune) {
    return TinySearch.step(tune).run(folder.resolve("trials.jsonl"), Console.quiet());
  }

  /** Trials without their times, in order of their numbers. */
  private static List<String> lines(Path journal) throws IOException {
    return Files.readAllLines(journal).stream()
        .skip(1)
        .map(l -> l.replaceFirst(",\"seconds\":.*", ""))
        .sorted()
        .toList();
  }

  @Test
  void theTunedExperimentReachesWhatTheSearchSaw() {
    TuneStep step = TinySearch.step("trials: 120");
    Tuner.Result result = step.run(folder.resolve("trials.jsonl"), Console.quiet());
    TuningReport report = result.report();
    assertThat(report.trials()).isEqualTo(120);
    assertThat(report.tuned().loss()).isLessThan(report.untuned().loss());
    assertThat(report.observer().loss()).isBetween(report.tuned().loss(), report.untuned().loss());
    assertThat(report.sensitivity()).hasSize(8);

    QatNetwork qat =
        Qat.prepare(step.text().network(), result.tuned().quantize().toPostTrainingSpec());
    step.train().seek(TuneStep.calibrationTexts(step.experiment()));
    qat.calibrate(step.train(), result.tuned().quantize().calibrationBatches());
    step.validation().reset();
    var first = step.validation().next(1).getFeatures();
    IntegerRuntime model = new IntegerRuntime(qat.freeze(FreezeInfo.named("tuned"), first));
    int right = 0;
    for (int i = 0; i < step.validation().size(); i++) {
      int[][] ids = {step.validation().ids(0, i), step.validation().ids(1, i)};
      right += model.classify(Sample.ofTokens(ids)) == step.validation().label(i) ? 1 : 0;
    }
    assertThat((double) right / step.validation().size()).isEqualTo(report.tuned().accuracy());
  }

  @Test
  void goesOnWhereTheJournalEnds() throws IOException {
    Path file = folder.resolve("trials.jsonl");
    Tuner.Result whole = run("trials: 60");
    List<String> trials = lines(file);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(11);
    for (int i = 0; i < 4; i++) {
      int end = random.nextInt(bytes.length);
      Files.write(file, java.util.Arrays.copyOf(bytes, end));
      Tuner.Result again = run("trials: 60");
      assertThat(lines(file)).as("cut at byte %s", end).isEqualTo(trials);
      assertThat(again.tuned()).isEqualTo(whole.tuned());
    }
  }

  @Test
  void aJournalOfAnotherSearchIsRefused() {
    run("trials: 3");
    assertThatThrownBy(() -> run("trials: 4"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("journal of another search");
  }

  @Test
  void workersDoNotMatter() throws IOException {
    run("trials: 60, executor: {kind: local, threads: 1}");
    List<String> one = lines(folder.resolve("trials.jsonl"));
    Files.delete(folder.resolve("trials.jsonl"));
    run("trials: 60, executor: {kind: local, threads: 3}");
    assertThat(lines(folder.resolve("trials.jsonl"))).isEqualTo(one);
  }

  @Test
  void sparkGivesTheSameJournal() throws IOException {
    run("trials: 40");
    List<String> local = lines(folder.resolve("trials.jsonl"));
    Files.delete(folder.resolve("trials.jsonl"));
    run("trials: 40, executor: {kind: spark, master: 'local[2]'}");
    assertThat(lines(folder.resolve("trials.jsonl"))).isEqualTo(local);
  }

  @Test
  void sparkNeedsAMaster() {
    assertThatThrownBy(() -> run("trials: 2, executor: spark"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("tune.executor.master");
  }

  @Test
  void mixedPrecisionKeepsWithinItsBudget() {
    Tuner.Result any = run("trials: 1");
    double kilobytes = 1.25 * any.report().untuned().bytes() / 1000;
    assertThat(folder.resolve("trials.jsonl").toFile().delete()).isTrue();
    Tuner.Result result = run("trials: 150, bits: [8, 4, 3, 2], maxKilobytes: " + kilobytes);
    TuningReport report = result.report();
    assertThat(report.tuned().bytes()).isLessThanOrEqualTo((long) (1000 * kilobytes));
    assertThat(report.tuned().bits()).isGreaterThan(2);
    assertThat(report.tuned().loss()).isLessThan(report.untuned().loss());
    assertThat(report.front()).isNotEmpty();
    assertThat(result.tuned().quantize().overrides()).isNotEmpty();
    assertThat(report.suggestions().get(0).yaml()).contains("overrides:", "layer:");
  }

  /** Beyond a limit the nearer to it is the better, of the trials on all examples. */
  @Test
  void latencyMayBeLimited() throws IOException {
    Tuner.Result result = run("trials: 20, maxMicros: 0.001");
    assertThat(result.report().failed()).isZero();
    List<JsonNode> trials = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("trials.jsonl"))) {
      JsonNode trial = new ObjectMapper().readTree(line);
      if (trial.has("trial")) {
        trials.add(trial);
      }
    }
    assertThat(trials).hasSize(20).allMatch(t -> t.path("score").has("micros"));
    int all = trials.stream().mapToInt(t -> t.path("examples").asInt()).max().orElseThrow();
    JsonNode fastest =
        trials.stream()
            .filter(t -> t.path("examples").asInt() == all)
            .min(Comparator.comparingDouble(t -> t.path("score").path("micros").asDouble()))
            .orElseThrow();
    assertThat(result.report().tuned().trial()).isEqualTo(fastest.path("trial").asInt());
  }

  @Test
  void candidatesMayBeTrained() {
    Tuner.Result result =
        run(
            "trials: 4, qatSteps: 3, sensitivity: [], space:"
                + " [{key: qat.learningRate, values: {kind: log-uniform, min: 0.0001, max: 0.01}},"
                + " {key: weights.clip, each: '.*', values: {kind: uniform, min: 0.4, max: 1}}]");
    assertThat(result.report().trials()).isEqualTo(4);
    assertThat(result.report().failed()).isZero();
  }

  @Test
  void aDimensionForNoLayerIsAnError() {
    assertThatThrownBy(
            () ->
                run(
                    "space: [{key: weights.clip, each: 'no.*',"
                        + " values: {kind: uniform, min: 0.4, max: 1}}]"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("no layer matches \"no.*\"")
        .hasMessageContaining("conv");
  }
}
