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
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
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
    var first = step.validation().first(1);
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

  /**
   * Takes the longer the more bits the weights have; many candidates take the same. The same on
   * every machine, unlike a measured one.
   */
  private static double madeUp(IntegerModel model, List<Sample> samples) {
    long bits = 0;
    for (Op op : model.ops()) {
      for (QuantizedTensor t : op.tensors()) {
        bits += t.bits();
      }
    }
    return 2.0 + bits;
  }

  /** Beyond a limit the nearer to it is the better, of equal ones the one with less loss. */
  @Test
  void latencyMayBeLimited() throws IOException {
    Path journal = folder.resolve("trials.jsonl");
    Workload workload = TinySearch.step("trials: 20, maxMicros: 0.001").workload(TunerTest::madeUp);
    Tuner.Result result = Tuner.run(workload, journal, Console.quiet());
    assertThat(result.report().failed()).isZero();
    List<JsonNode> trials = new ArrayList<>();
    for (String line : Files.readAllLines(journal)) {
      JsonNode trial = new ObjectMapper().readTree(line);
      if (trial.has("trial")) {
        trials.add(trial);
      }
    }
    assertThat(trials).hasSize(20).allMatch(t -> t.path("score").has("micros"));
    int all = trials.stream().mapToInt(t -> t.path("examples").asInt()).max().orElseThrow();
    List<JsonNode> whole = trials.stream().filter(t -> t.path("examples").asInt() == all).toList();
    double least =
        whole.stream().mapToDouble(t -> t.at("/score/micros").asDouble()).min().orElseThrow();
    List<JsonNode> fastest =
        whole.stream().filter(t -> t.at("/score/micros").asDouble() == least).toList();
    assertThat(fastest).hasSizeBetween(2, whole.size() - 1);
    JsonNode expected =
        fastest.stream()
            .min(Comparator.comparingDouble(t -> t.at("/score/loss").asDouble()))
            .orElseThrow();
    assertThat(result.report().tuned().trial()).isEqualTo(expected.path("trial").asInt());
  }

  /** The median of the passes after the first; a pass that was held up does not count. */
  @Test
  void latencyIsTheMedianOfThePasses() {
    TuneStep step = TinySearch.step("trials: 1");
    QatNetwork qat =
        Qat.prepare(step.text().network(), step.experiment().quantize().toPostTrainingSpec());
    qat.calibrate(step.train(), 2);
    step.validation().reset();
    var first = step.validation().first(1);
    IntegerModel model = qat.freeze(FreezeInfo.named("timed"), first);
    List<Sample> samples = step.workload().examples().samples().subList(0, 4);
    Iterator<Long> nanos =
        List.of(0L, 8_000L, 10_000L, 9_000_000L, 9_000_000L, 9_012_000L).iterator();
    assertThat(Latency.measured(model, samples, nanos::next)).isEqualTo(3);
    assertThat(nanos.hasNext()).isFalse();
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
