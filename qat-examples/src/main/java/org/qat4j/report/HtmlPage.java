package org.qat4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** What the template of report.html shows: text, ready to be escaped. */
final class HtmlPage {
  private static final int WORST_CLASSES = 12;
  private static final double PLOT_WIDTH = 220;
  private static final double PLOT_MARGIN = 8;

  private final RunReport report;
  private final Results results;
  private final SeedRun run;

  HtmlPage(RunReport report) {
    this.report = report;
    this.results = report.results();
    this.run = report.runs().get(0);
  }

  /** A figure at the top of the page. */
  record Card(String name, String figure, String note, String mood) {}

  /** A name with a bar. */
  record Size(String name, String bytes, String ratio, String percent) {}

  record Time(String name, String seconds, String percent) {}

  record Pair(String name, String value) {}

  record SeedRow(long seed, List<String> accuracies, String time) {}

  record CurveRow(
      String key,
      String title,
      int epoch,
      String step,
      String loss,
      String validation,
      String rate,
      String speed) {}

  record LayerLine(
      String name,
      String type,
      String weights,
      String scales,
      String zeros,
      String codes,
      String saturation,
      List<String> sqnr,
      String cosine,
      String cosineToFloat) {}

  record HistogramLine(int index, String layer, String what, String values, String range) {}

  record VerifyRow(String name, String codes, String onnx, String network) {}

  record ClassRow(String label, String items, String first, String last) {}

  record ConfusionRow(String label, String taken, String times) {}

  record SampleGroup(String title, List<SampleRow> rows) {}

  record SampleRow(
      String text,
      String label,
      String first,
      String firstMood,
      String last,
      String lastMood,
      String probability) {}

  record FindingItem(String level, String title, String message, String yaml) {}

  Map<String, Object> model() {
    Map<String, Object> page = new LinkedHashMap<>();
    head(page);
    accuracy(page);
    curves(page);
    cost(page);
    layers(page);
    verify(page);
    classes(page);
    samples(page);
    page.put("provenance", pairs(report.provenance()));
    page.put("config", report.config());
    return page;
  }

  private void head(Map<String, Object> page) {
    page.put("experiment", report.experiment());
    page.put("description", report.description());
    DataSummary d = report.data();
    List<String> facts = new ArrayList<>();
    List<String> seeds = report.runs().stream().map(r -> Long.toString(r.seed())).toList();
    facts.add((seeds.size() == 1 ? "seed " : "seeds ") + String.join(", ", seeds));
    facts.add(
        Formats.count(d.train())
            + " training, "
            + Formats.count(d.validation())
            + " validation, "
            + Formats.count(d.test())
            + " test rows");
    facts.add(d.labels().size() + " classes");
    if (d.skipped() > 0) {
      facts.add(Formats.count(d.skipped()) + " malformed rows left out");
    }
    page.put("facts", facts);
    page.put("cards", cards());
    page.put("hasFindings", !report.findings().isEmpty());
    page.put("findings", report.findings().stream().map(HtmlPage::finding).toList());
  }

  private static FindingItem finding(Finding f) {
    return new FindingItem(
        f.level().name().toLowerCase(Locale.ROOT),
        f.level() == Finding.Level.WARNING ? "Warning" : "Advice",
        f.message(),
        f.yaml() == null ? "" : f.yaml());
  }

  private List<Card> cards() {
    List<Card> cards = new ArrayList<>();
    Stage last = results.last();
    StageResult result = results.stages().get(last);
    cards.add(
        new Card(
            "Accuracy, " + last.title(),
            Formats.percent(result.accuracy()),
            Formats.percent(result.interval()),
            ""));
    Difference toFloat = result.against().get(Stage.FLOAT);
    if (toFloat != null) {
      cards.add(
          new Card(
              "Change to float, points",
              Formats.points(toFloat.mean()),
              "["
                  + Formats.points(toFloat.interval().lo())
                  + ", "
                  + Formats.points(toFloat.interval().hi())
                  + "], "
                  + Formats.percent(toFloat.flips())
                  + " flips",
              mood(toFloat)));
    }
    if (run.bytes() != null) {
      ModelBytes b = run.bytes();
      cards.add(
          new Card(
              "Model size",
              Formats.bytes(b.integer()),
              String.format(
                  Locale.ROOT,
                  "%.1f × smaller than %s",
                  b.floatNetwork() / (double) b.integer(),
                  Formats.bytes(b.floatNetwork())),
              ""));
    }
    Verification v = report.verification();
    if (v != null) {
      cards.add(
          new Card(
              "Engines agree",
              v.isExact() ? "exactly" : "no",
              "over " + Formats.count(v.inputs()) + " inputs",
              v.isExact() ? "good" : "bad"));
    }
    cards.add(
        new Card(
            "Time",
            Formats.seconds(report.runs().stream().mapToDouble(SeedRun::totalSeconds).sum()),
            run.qatStepOverFloatStep() == null
                ? ""
                : String.format(
                    Locale.ROOT, "QAT step %.2f × float step", run.qatStepOverFloatStep()),
            ""));
    return cards;
  }

  /** Whether a difference is one, by its interval. */
  private static String mood(Difference d) {
    return d == null || d.interval().contains(0) ? "" : d.mean() > 0 ? "good" : "bad";
  }

  private void accuracy(Map<String, Object> page) {
    page.put("testItems", Formats.count(report.data().test()));
    page.put("severalSeeds", report.runs().size() > 1);
    page.put("seedCount", report.runs().size());
    page.put("firstSeed", run.seed());
    page.put("hasControl", results.stages().containsKey(Stage.CONTROL));
    page.put(
        "intervalNote",
        report.runs().size() == 1
            ? "Intervals come from 2,000 bootstrap resamples of the test items; they say nothing of"
                + " other seeds. The dashed line is the float network."
            : "Intervals come from 2,000 bootstrap resamples of seeds and test items; rings are the"
                + " single seeds. The dashed line is the float network.");
    double lo = 1;
    double hi = 0;
    for (StageResult r : results.stages().values()) {
      for (double a : r.perSeed()) {
        lo = Math.min(lo, Math.min(a, r.interval().lo()));
        hi = Math.max(hi, Math.max(a, r.interval().hi()));
      }
    }
    page.put("axisLow", Formats.percent(lo));
    page.put("axisHigh", Formats.percent(hi));
    List<Map<String, Object>> stages = new ArrayList<>();
    for (Map.Entry<Stage, StageResult> e : results.stages().entrySet()) {
      stages.add(stage(e.getKey(), e.getValue(), lo, hi));
    }
    page.put("stages", stages);
    page.put(
        "seedRows",
        report.runs().stream()
            .map(
                r ->
                    new SeedRow(
                        r.seed(),
                        results.order().stream()
                            .map(s -> Formats.percent(r.predictions().get(s).accuracy()))
                            .toList(),
                        Formats.seconds(r.totalSeconds())))
            .toList());
  }

  private Map<String, Object> stage(Stage stage, StageResult r, double lo, double hi) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", stage.key());
    row.put("title", stage.title());
    row.put("accuracy", Formats.percent(r.accuracy()));
    row.put("interval", Formats.percent(r.interval()));
    row.put("deviation", Formats.decimals(100 * r.standardDeviation(), 2));
    row.put("loss", Formats.decimals(r.loss(), 4));
    row.put("x", plot(r.accuracy(), lo, hi));
    row.put("loX", plot(r.interval().lo(), lo, hi));
    row.put("hiX", plot(r.interval().hi(), lo, hi));
    StageResult floats = results.stages().getOrDefault(Stage.FLOAT, r);
    row.put("floatX", plot(floats.accuracy(), lo, hi));
    row.put(
        "seedX",
        r.perSeed().size() == 1
            ? List.of()
            : r.perSeed().stream().map(a -> plot(a, lo, hi)).toList());
    Difference toFloat = r.against().get(Stage.FLOAT);
    Difference toControl = r.against().get(Stage.CONTROL);
    row.put("toFloat", toFloat == null ? Formats.NONE : Formats.points(toFloat));
    row.put("toFloatMood", mood(toFloat));
    row.put("toControl", toControl == null ? Formats.NONE : Formats.points(toControl));
    row.put("toControlMood", mood(toControl));
    row.put("flips", toFloat == null ? Formats.NONE : Formats.percent(toFloat.flips()));
    return row;
  }

  private static String plot(double value, double lo, double hi) {
    double share = hi > lo ? (value - lo) / (hi - lo) : 0.5;
    return String.format(Locale.ROOT, "%.1f", PLOT_MARGIN + share * (PLOT_WIDTH - 2 * PLOT_MARGIN));
  }

  private void curves(Map<String, Object> page) {
    page.put("hasCurves", !run.curves().isEmpty());
    List<CurveRow> rows = new ArrayList<>();
    for (int i = 0; i < run.curves().size(); i++) {
      CurvePoint p = run.curves().get(i);
      CurvePoint next = i + 1 < run.curves().size() ? run.curves().get(i + 1) : null;
      if (next == null || next.epoch() != p.epoch() || next.stage() != p.stage()) {
        rows.add(
            new CurveRow(
                p.stage().key(),
                p.stage().title(),
                p.epoch(),
                Formats.count(p.step()),
                Formats.decimals(p.loss(), 4),
                p.validationAccuracy() == null
                    ? Formats.NONE
                    : Formats.percent(p.validationAccuracy()),
                Formats.number(p.learningRate()),
                Formats.count(Math.round(p.examplesPerSecond()))));
      }
    }
    page.put("curveRows", rows);
  }

  private void cost(Map<String, Object> page) {
    ModelBytes b = run.bytes();
    page.put("hasBytes", b != null);
    List<Size> sizes = new ArrayList<>();
    if (b != null) {
      sizes.add(size("float parameters", b.floatNetwork(), b));
      sizes.add(size("integer model", b.integer(), b));
      sizes.add(size("with vocabulary: model.qat", b.integerWithVocabulary(), b));
      if (b.onnx() != null) {
        sizes.add(size("model.onnx", b.onnx(), b));
      }
    }
    page.put("sizes", sizes);
    List<Time> times = new ArrayList<>();
    for (Map.Entry<Phase, Double> e : run.seconds().entrySet()) {
      times.add(
          new Time(
              e.getKey().title(),
              Formats.decimals(e.getValue(), 1),
              bar(e.getValue(), run.totalSeconds())));
    }
    times.add(new Time("total", Formats.decimals(run.totalSeconds(), 1), "100"));
    page.put("times", times);
    page.put(
        "stepCost",
        run.qatStepOverFloatStep() == null ? "" : Formats.decimals(run.qatStepOverFloatStep(), 2));
  }

  private static Size size(String name, long bytes, ModelBytes all) {
    double ratio = bytes / (double) all.floatNetwork();
    long largest =
        Math.max(
            Math.max(all.floatNetwork(), all.integerWithVocabulary()),
            all.onnx() == null ? 0 : all.onnx());
    return new Size(
        name,
        Formats.count(bytes),
        Formats.decimals(ratio, 3),
        bar((double) bytes, (double) largest));
  }

  private static String bar(double value, double full) {
    return String.format(Locale.ROOT, "%.1f", full > 0 ? 100 * Math.min(1, value / full) : 0);
  }

  private void layers(Map<String, Object> page) {
    List<String> names = HtmlCharts.layerNames(run);
    page.put("hasLayers", !names.isEmpty());
    page.put("layerChartHeight", 90 + 42 * names.size());
    page.put(
        "layerStages",
        run.layers().keySet().stream()
            .map(stage -> stage == Stage.PTQ ? "PTQ" : stage.title())
            .toList());
    page.put("layers", names.stream().map(this::layer).toList());
    List<Histogram> histograms = HtmlCharts.histograms(run);
    page.put("hasHistograms", !histograms.isEmpty());
    List<HistogramLine> lines = new ArrayList<>();
    for (Histogram h : histograms) {
      lines.add(
          new HistogramLine(
              lines.size(),
              h.layer(),
              h.what() == Histogram.What.WEIGHTS ? "weights" : "output",
              range(h.min(), h.max()),
              range(h.rangeLo(), h.rangeHi())));
    }
    page.put("histograms", lines);
  }

  private LayerLine layer(String name) {
    LayerRow last = null;
    List<String> sqnr = new ArrayList<>();
    for (LayerReport layers : run.layers().values()) {
      LayerRow row =
          layers.rows().stream().filter(r -> r.name().equals(name)).findFirst().orElse(null);
      last = row == null ? last : row;
      sqnr.add(Formats.decimals(row == null ? null : row.quantization().sqnrDb(), 1));
    }
    return new LayerLine(
        name,
        last.type(),
        last.weightBits() + " bits " + last.weightScheme(),
        last.weightScales() == 1
            ? Formats.number(last.largestScale())
            : Formats.number(last.smallestScale()) + " … " + Formats.number(last.largestScale()),
        Formats.percent(last.zeroShare()),
        last.activationBits() == null
            ? "real"
            : last.activationBits()
                + " bits, scale "
                + Formats.number(last.activationScale())
                + ", zero "
                + last.activationZeroPoint(),
        last.saturation() == null ? Formats.NONE : Formats.percent(last.saturation()),
        sqnr,
        Formats.decimals(last.quantization().cosine(), 5),
        last.toFloat() == null ? Formats.NONE : Formats.decimals(last.toFloat().cosine(), 5));
  }

  private static String range(float lo, float hi) {
    return Formats.number(lo) + " … " + Formats.number(hi);
  }

  private void verify(Map<String, Object> page) {
    Verification v = report.verification();
    page.put("hasVerify", v != null);
    if (v == null) {
      return;
    }
    page.put("verifyText", v.summary());
    page.put("hasVerifyLayers", !v.layers().isEmpty());
    page.put(
        "verifyRows",
        v.layers().stream()
            .map(
                l ->
                    new VerifyRow(
                        l.name(),
                        Formats.count(l.codes()),
                        count(l.javaVsOnnxCodes()),
                        count(l.qatVsJavaCodes())))
            .toList());
  }

  private static String count(Long n) {
    return n == null ? Formats.NONE : Formats.count(n);
  }

  private void classes(Map<String, Object> page) {
    Classes all = report.classes();
    Stage first = results.order().get(0);
    Stage last = results.last();
    page.put("firstStage", first.title());
    page.put("lastStage", last.title());
    page.put(
        "worstClasses",
        all.classes().stream()
            .sorted(Comparator.comparing((Classes.OfClass c) -> c.accuracy().get(last)))
            .limit(WORST_CLASSES)
            .map(
                c ->
                    new ClassRow(
                        c.label(),
                        Formats.count(c.items()),
                        Formats.percent(c.accuracy().get(first)),
                        Formats.percent(c.accuracy().get(last))))
            .toList());
    page.put(
        "confusions",
        all.confusions().stream()
            .map(c -> new ConfusionRow(c.label(), c.predicted(), Formats.count(c.count())))
            .toList());
  }

  private void samples(Map<String, Object> page) {
    Stage first = results.order().get(0);
    Stage last = results.last();
    Predicate<SampleText> changed = s -> !s.answers().get(first).equals(s.answers().get(last));
    Predicate<SampleText> right = s -> s.answers().get(last).equals(s.label());
    List<SampleGroup> groups = new ArrayList<>();
    addGroup(groups, "Quantization changed the answer", changed);
    addGroup(groups, "Wrong before and after", changed.negate().and(right.negate()));
    addGroup(groups, "Right before and after", changed.negate().and(right));
    page.put("hasSamples", !groups.isEmpty());
    page.put("sampleGroups", groups);
  }

  private void addGroup(List<SampleGroup> groups, String title, Predicate<SampleText> which) {
    List<SampleRow> rows = report.samples().stream().filter(which).map(this::sample).toList();
    if (!rows.isEmpty()) {
      groups.add(new SampleGroup(title, rows));
    }
  }

  private SampleRow sample(SampleText s) {
    String first = s.answers().get(results.order().get(0));
    String last = s.answers().get(results.last());
    return new SampleRow(
        s.text(),
        s.label(),
        first,
        first.equals(s.label()) ? "good" : "bad",
        last,
        last.equals(s.label()) ? "good" : "bad",
        Formats.decimals(s.probability(), 3));
  }

  private static List<Pair> pairs(Map<String, String> map) {
    return map.entrySet().stream().map(e -> new Pair(e.getKey(), e.getValue())).toList();
  }
}
