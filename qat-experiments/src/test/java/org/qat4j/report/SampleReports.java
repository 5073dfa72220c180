package org.qat4j.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.qat4j.diagnostics.LayerError;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.diagnostics.LayerSize;
import org.qat4j.diagnostics.ValueDistribution;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.AcceptSpec;
import org.qat4j.experiment.ByteSize;

/** Reports made up from a seed, with everything in them that a report can hold. */
public final class SampleReports {
  private static final List<String> LABELS =
      List.of(
          "Afrikaans",
          "Català",
          "Čeština",
          "Dansk",
          "Deutsch",
          "Ελληνικά",
          "English",
          "Español",
          "Eesti",
          "Euskara",
          "فارسی",
          "Suomi",
          "Français",
          "Galego",
          "עברית",
          "हिन्दी",
          "Hrvatski",
          "Magyar",
          "Íslenska",
          "Italiano",
          "日本語",
          "ქართული",
          "한국어",
          "<script>alert(1)</script>");
  private static final int TRAIN_STEPS = 1500;
  private static final int QAT_STEPS = 300;

  private SampleReports() {}

  /** How often the answer of a stage is right. */
  private static final Map<Stage, Double> SKILL =
      Map.of(
          Stage.MAJORITY, 0.05,
          Stage.LINEAR, 0.84,
          Stage.FLOAT, 0.853,
          Stage.CONTROL, 0.854,
          Stage.PRUNED, 0.85,
          Stage.PTQ, 0.849,
          Stage.OBSERVER, 0.8495,
          Stage.TUNED, 0.85,
          Stage.QAT, 0.8545,
          Stage.INTEGER, 0.8545);

  /** Those of a network that gives classes. */
  public static List<Stage> stages() {
    return Stream.of(Stage.values()).filter(SKILL::containsKey).toList();
  }

  public static RunReport of(long... seeds) {
    RunReport.Builder report =
        RunReport.builder("langid-int8", "Which language is this phrase written in? <b>8 bits</b>")
            .data(new DataSummary(36_112, 4_012, 4_000, LABELS, "8f1b25".repeat(10) + "8f1b", 3))
            .testTexts(texts())
            .config("schemaVersion: 1\nname: langid-int8\nseed: 42\ndata: {kind: langid}\n")
            .accept(new AcceptSpec(0.5, -0.2, new ByteSize(1_000_000), 30.0))
            .provenance(provenance());
    for (long seed : seeds) {
      report.run(run(seed));
    }
    return report.build();
  }

  public static Map<String, String> provenance() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("qat4j", "0.1.0");
    facts.put("java", "17.0.16, a vendor");
    facts.put("processor", "A processor & more");
    return facts;
  }

  private static List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      texts.add(
          i % 7 == 0 ? "جمهورية " + i : i % 5 == 0 ? "a <i>text</i> & more " + i : "Montag " + i);
    }
    return texts;
  }

  private static SeedRun run(long seed) {
    Random random = new Random(seed);
    SeedRun.Builder run = SeedRun.builder(seed);
    addPredictions(run, random);
    addCurve(run, Stage.FLOAT, TRAIN_STEPS, 0.853, random);
    addCurve(run, Stage.CONTROL, QAT_STEPS, 0.855, random);
    addCurve(run, Stage.QAT, QAT_STEPS, 0.856, random);
    run.layers(Stage.PTQ, layers(random, 0));
    run.layers(Stage.QAT, layers(random, 4));
    run.bytes(new ModelBytes(3_644_000, 918_200, 1_201_344, 1_090_112L));
    run.tuning(tuning());
    run.verification(
        new Verification(
            1_000,
            0L,
            0,
            0,
            1.2e-6,
            List.of(
                new Verification.Layer("characters", 896_000, 0L, 0L),
                new Verification.Layer("conv", 5_376_000, 0L, 0L),
                new Verification.Layer("out/logits", 104_000, 0L, null))));
    run.pruning(List.of(new PruneStep("weights", 300, 0.75, 0.842, 0.731, 0.839)));
    run.inFloat(List.of("layer \"lrn\": it cannot be quantized"));
    run.sizes(List.of(new LayerSize("conv", 73_728, 18_432, 0.8, 9_216, 3_300)));
    for (Phase phase : Phase.values()) {
      run.seconds(phase, 1 + 20 * random.nextDouble());
    }
    for (Stage stage : stages()) {
      run.microsPerText(stage, 20 + random.nextDouble());
    }
    run.qatStepOverFloatStep(1.07);
    return run.build();
  }

  /** Items that all find hard, a few that single stages get wrong. */
  private static TuningReport tuning() {
    TuningReport.Figures untuned =
        new TuningReport.Figures(0, 0.7, 1.2, 0.8, 300_000, 4, "untuned");
    TuningReport.Figures tuned =
        new TuningReport.Figures(80, 0.75, 1.0, 0.85, 300_100, 4, "weights.clip@conv=0.8");
    return new TuningReport(
        "loss",
        4_012,
        12,
        100,
        1,
        81,
        2.5,
        untuned,
        untuned,
        tuned,
        List.of(
            new TuningReport.HistoryPoint(0, 1.2, 1.2),
            new TuningReport.HistoryPoint(80, 1.0, 1.0)),
        List.of(untuned, tuned),
        List.of(new TuningReport.Sensitivity("conv", 2, -3.1, 0.2, 12_000)),
        List.of(new TuningReport.Suggestion("the best that was found", tuned, "quantize:\n")));
  }

  private static void addPredictions(SeedRun.Builder run, Random random) {
    int n = 4_000;
    Random items = new Random(5);
    int[] labels = new int[n];
    double[] hard = new double[n];
    int[] wrong = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = items.nextInt(LABELS.size());
      hard[i] = items.nextDouble();
      wrong[i] = (labels[i] + 1 + items.nextInt(2)) % LABELS.size();
    }
    int[] integer = null;
    for (Stage stage : stages()) {
      int[] predicted = new int[n];
      float[] losses = new float[n];
      for (int i = 0; i < n; i++) {
        double noise = 0.01 * random.nextGaussian();
        boolean right = hard[i] + noise < SKILL.get(stage);
        predicted[i] = right ? labels[i] : wrong[i];
        losses[i] = (float) (right ? 0.1 + 0.3 * hard[i] : 1.5 + hard[i]);
      }
      if (stage == Stage.QAT) {
        integer = predicted;
      }
      run.predictions(
          stage, Predictions.of(labels, stage == Stage.INTEGER ? integer : predicted, losses));
    }
  }

  private static void addCurve(
      SeedRun.Builder run, Stage stage, int steps, double accuracy, Random random) {
    for (int step = 10; step <= steps; step += 10) {
      double done = step / (double) steps;
      double fall = stage == Stage.FLOAT ? 2.8 * Math.exp(-6 * done) : 0;
      boolean epochEnd = step % 300 == 0;
      CurvePoint point =
          new CurvePoint(
              stage,
              step,
              (step - 1) / 300 + 1,
              0.42 + fall + 0.03 * random.nextGaussian(),
              epochEnd ? accuracy - 0.15 * Math.exp(-5 * done) : null,
              0.003 * (1 - done),
              3_100 + 40 * random.nextGaussian());
      boolean codes = epochEnd && stage == Stage.QAT;
      run.curve(codes ? point.withCodesChanged(Map.of("conv", 0.04 * (1 - done))) : point);
    }
  }

  private static LayerReport layers(Random random, double more) {
    List<LayerRow> rows = new ArrayList<>();
    List<ValueDistribution> distributions = new ArrayList<>();
    String[] names = {"characters", "conv", "ngrams", "out"};
    String[] types = {"QatEmbedding", "QatConv1D", "QatEmbeddingBag", "QatOutput"};
    for (int i = 0; i < names.length; i++) {
      boolean last = i == names.length - 1;
      rows.add(
          new LayerRow(
              names[i],
              types[i],
              8,
              i % 2 == 0 ? "per tensor" : "per channel",
              i % 2 == 0 ? 1 : 192,
              0.0012f,
              i % 2 == 0 ? 0.0012f : 0.0051f,
              0.031,
              last ? null : Integer.valueOf(8),
              last ? null : Float.valueOf(0.0123f),
              last ? null : Integer.valueOf(-128),
              last ? null : Double.valueOf(0.0021),
              new LayerError(i == 0 ? Double.POSITIVE_INFINITY : 31.5 + more - 2 * i, 0.99934),
              new LayerError(14.2, 0.9821)));
      distributions.add(
          ValueDistribution.of(
              names[i], ValueDistribution.What.WEIGHTS, normal(random, 5_000, false), -3.4f, 3.4f));
      if (!last) {
        distributions.add(
            ValueDistribution.of(
                names[i], ValueDistribution.What.OUTPUT, normal(random, 20_000, i > 0), 0f, 3.1f));
      }
    }
    return new LayerReport(rows, distributions);
  }

  private static float[] normal(Random random, int n, boolean rectified) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      float v = (float) random.nextGaussian();
      values[i] = rectified ? Math.max(0, v) : v;
    }
    return values;
  }
}
