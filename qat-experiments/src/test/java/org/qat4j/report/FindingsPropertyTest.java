package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.qat4j.diagnostics.LayerError;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.qat.Diagnosis;
import org.qat4j.report.Finding.Kind;
import org.yaml.snakeyaml.Yaml;

/** Whatever a run's figures are, its findings do not contradict each other. */
class FindingsPropertyTest {
  private static final int ITEMS = 300;

  /** Of each set at most one kind can be true of a run. */
  private static final List<Set<Kind>> EITHER =
      List.of(
          EnumSet.range(Kind.TRAINING_PAYS, Kind.TRAINING_GAINS_NOTHING),
          EnumSet.range(Kind.SEARCH_PAYS, Kind.SEARCH_GAINS_NOTHING),
          EnumSet.range(Kind.LOST_BY_QUANTIZATION, Kind.LOSS_NOT_SURE),
          EnumSet.of(Kind.BASELINE_AHEAD, Kind.BASELINE_AHEAD_OF_FLOAT),
          EnumSet.of(Kind.STILL_LEARNING, Kind.BEST_BEFORE),
          EnumSet.of(Kind.FLOAT_GAINS_AS_MUCH, Kind.GAIN_OF_LONGER_TRAINING),
          EnumSet.of(Kind.SMALLEST_WITHIN, Kind.NONE_WITHIN));

  /** What says that nothing, or no longer training, is needed; and what says that it is. */
  private static final List<List<Set<Kind>>> NOT_BOTH =
      List.of(
          List.of(
              EnumSet.of(Kind.POST_TRAINING_SUFFICES),
              EnumSet.range(Kind.LOST_BY_QUANTIZATION, Kind.LOSS_NOT_SURE)),
          List.of(
              EnumSet.of(Kind.LOST_BY_TRAINING, Kind.BEST_BEFORE),
              EnumSet.of(
                  Kind.STILL_LEARNING,
                  Kind.FLOAT_GAINS_AS_MUCH,
                  Kind.GAIN_OF_LONGER_TRAINING,
                  Kind.BASELINE_AHEAD_OF_FLOAT)),
          List.of(EnumSet.of(Kind.BEST_BEFORE), EnumSet.of(Kind.STATISTICS)));

  @Property(tries = 300, seed = "20260101")
  void aRun(@ForAll long seed) {
    Random random = new Random(seed);
    List<SeedRun> runs = new ArrayList<>();
    Shape shape = Shape.of(random);
    for (int s = 0; s <= random.nextInt(2); s++) {
      runs.add(run(random, s, shape));
    }
    DataSummary data =
        new DataSummary(1, 1, ITEMS, List.of("a", "b"), "", random.nextInt(4) == 0 ? 3 : 0);
    ModelWords words =
        random.nextBoolean()
            ? null
            : new ModelWords(1_000, random.nextBoolean(), random.nextBoolean());
    Results results = Results.of(runs.stream().map(SeedRun::predictions).toList());
    check(Findings.of(data, results, runs.get(0), null, words, null), true);
  }

  @Property(tries = 100, seed = "20260102")
  void aSweep(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, List<SeedRun>> runs = new LinkedHashMap<>();
    List<Map<String, String>> settings = new ArrayList<>();
    Set<Stage> stages = EnumSet.of(Stage.FLOAT, Stage.CONTROL, Stage.PTQ, Stage.QAT, Stage.INTEGER);
    if (random.nextBoolean()) {
      stages.add(Stage.LINEAR);
    }
    Shape shape = new Shape(stages, randomSkills(random));
    for (int v = 0; v <= random.nextInt(4); v++) {
      Shape own = new Shape(stages, new EnumMap<>(shape.skills));
      for (Stage stage : EnumSet.of(Stage.PTQ, Stage.QAT, Stage.INTEGER)) {
        own.skills.put(stage, skill(random));
      }
      runs.put("v" + v, List.of(run(random, 1, own)));
      settings.add(Map.of());
    }
    DataSummary data = new DataSummary(1, 1, ITEMS, List.of("a", "b"), "", 0);
    List<Finding> found = SweepReport.of("s", "", data, runs, settings, Map.of()).findings();
    check(found, false);
    for (String variant : runs.keySet()) {
      assertThat(found.stream().filter(f -> EITHER.get(0).contains(f.kind())))
          .as("%s in %s", variant, found)
          .filteredOn(f -> f.message().contains(variant + " ("))
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  private static void check(List<Finding> found, boolean ofOne) {
    Map<String, Object> lines = new HashMap<>();
    for (Finding f : found) {
      assertThat(f.remedy()).as("remedy of %s", f).isNotBlank().endsWith(".");
      if (f.kind().compares()) {
        assertThat(f.message()).as("interval").containsPattern("\\[[−+]?[\\d.]+, [−+]?[\\d.]+]");
      }
      if (f.yaml() != null) {
        collect("", new Yaml().load(f.yaml()), lines, found);
      }
    }
    List<Kind> kinds = found.stream().map(Finding::kind).toList();
    for (Set<Kind> either : EITHER) {
      if (ofOne || !either.contains(Kind.TRAINING_PAYS)) {
        assertThat(kinds.stream().filter(either::contains).distinct())
            .as("of %s in %s", either, found)
            .hasSizeLessThanOrEqualTo(1);
      }
    }
    for (List<Set<Kind>> pair : NOT_BOTH) {
      assertThat(
              kinds.stream().anyMatch(pair.get(0)::contains)
                  && kinds.stream().anyMatch(pair.get(1)::contains))
          .as("%s in %s", pair, found)
          .isFalse();
    }
  }

  /** Every key of the experiment file is given one value by all findings together. */
  private static void collect(
      String path, Object yaml, Map<String, Object> lines, List<Finding> found) {
    if (yaml instanceof Map<?, ?> map) {
      String layer = map.containsKey("layer") ? "(" + map.get("layer") + ")" : "";
      map.forEach((key, value) -> collect(path + layer + "." + key, value, lines, found));
    } else if (yaml instanceof List<?> list) {
      list.forEach(item -> collect(path, item, lines, found));
    } else {
      Object before = lines.put(path, yaml);
      assertThat(before == null || before.equals(yaml))
          .as("%s is to be %s and %s in %s", path, before, yaml, found)
          .isTrue();
    }
  }

  /** Stages of a run and how often each is right. */
  private record Shape(Set<Stage> stages, Map<Stage, Double> skills) {
    static Shape of(Random random) {
      Set<Stage> stages = EnumSet.of(Stage.FLOAT);
      for (Stage stage : List.of(Stage.MAJORITY, Stage.LINEAR, Stage.CONTROL, Stage.PRUNED)) {
        if (random.nextBoolean()) {
          stages.add(stage);
        }
      }
      int last = random.nextInt(8);
      if (last > 0) {
        stages.add(Stage.PTQ);
      }
      if (last == 1 || (last > 0 && random.nextInt(4) == 0)) {
        stages.add(Stage.OBSERVER);
        stages.add(Stage.TUNED);
      }
      if (last > 1) {
        stages.add(Stage.QAT);
      }
      if (last > 2) {
        stages.add(Stage.INTEGER);
      }
      return new Shape(stages, randomSkills(random));
    }
  }

  private static Map<Stage, Double> randomSkills(Random random) {
    Map<Stage, Double> skills = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      skills.put(stage, skill(random));
    }
    return skills;
  }

  /** Few different ones, so that stages are often equal. */
  private static double skill(Random random) {
    return 0.7 + 0.03 * random.nextInt(5);
  }

  private static SeedRun run(Random random, long seed, Shape shape) {
    SeedRun.Builder run =
        SeedRun.builder(seed).bytes(new ModelBytes(4, 1 + random.nextInt(9), 1, 1L));
    double noise = random.nextBoolean() ? 0.02 : 0.1;
    int[] labels = new int[ITEMS];
    for (Stage stage : shape.stages) {
      int[] predicted = new int[ITEMS];
      for (int i = 0; i < ITEMS; i++) {
        double hard = i / (double) ITEMS + noise * random.nextGaussian();
        predicted[i] = hard < shape.skills.get(stage) ? 0 : 1;
      }
      run.predictions(stage, Predictions.of(labels, predicted, new float[ITEMS]));
    }
    for (Stage stage : List.of(Stage.FLOAT, Stage.QAT)) {
      int epochs = random.nextInt(5);
      for (int epoch = 1; epoch <= epochs; epoch++) {
        double accuracy = 0.8 + 0.01 * random.nextInt(5);
        run.curve(new CurvePoint(stage, epoch, epoch, 1, accuracy, 0.1, 1));
      }
    }
    if (shape.stages.contains(Stage.TUNED)) {
      run.tuning(tuning(random));
    }
    layers(random, run);
    return run.build();
  }

  private static TuningReport tuning(Random random) {
    TuningReport.Figures before = new TuningReport.Figures(0, .7, 1, 1, 910, 8, "");
    TuningReport.Figures after =
        new TuningReport.Figures(9, .7, 1, 1, random.nextBoolean() ? 300 : 910, 4, "");
    return new TuningReport(
        "loss", 9, 1, 10, 0, 9, 1, before, before, after, List.of(), List.of(), List.of(),
        List.of());
  }

  private static void layers(Random random, SeedRun.Builder run) {
    List<LayerRow> rows = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      LayerError error = new LayerError(10 * random.nextDouble(), 0.9);
      int bits = random.nextInt(3) == 0 ? 4 : 8;
      double clipped = random.nextInt(3) == 0 ? 0.02 : 0;
      rows.add(
          new LayerRow(
              name,
              "QatDense",
              bits,
              "per channel",
              4,
              0.1f,
              0.2f,
              0,
              8,
              0.1f,
              0,
              clipped,
              error,
              error));
    }
    if (random.nextBoolean()) {
      run.layers(Stage.QAT, new LayerReport(rows, List.of()));
    }
    List<Diagnosis> diagnoses = new ArrayList<>();
    for (Diagnosis.Cause cause : Diagnosis.Cause.values()) {
      if (random.nextInt(3) == 0) {
        diagnoses.add(new Diagnosis("a", cause, "layer \"a\": is bad"));
      }
    }
    run.diagnoses(diagnoses);
    run.inFloat(random.nextInt(5) == 0 ? List.of("layer \"c\"") : List.of());
  }
}
