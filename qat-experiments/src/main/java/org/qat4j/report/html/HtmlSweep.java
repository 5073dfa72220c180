package org.qat4j.report.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;
import org.qat4j.report.DataSummary;
import org.qat4j.report.Formats;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.SweepReport;
import org.qat4j.report.SweepVariant;
import org.qat4j.report.Verification;

/** What the page of a sweep shows. */
final class HtmlSweep {
  record Row(
      String name,
      boolean knee,
      String size,
      String ratio,
      String ptq,
      String qat,
      String integer,
      String toFloat,
      String toFloatMood,
      String toControl,
      String toControlMood,
      String toPtq,
      String toPtqMood,
      String flips,
      String verify,
      String cost) {}

  record SettingsRow(String key, List<String> values) {}

  /** A point of the chart: size in bytes, score, in percent where it is a share. */
  record Point(String name, double x, double y, double lo, double hi) {}

  private final SweepReport report;
  private final SweepVariant first;

  HtmlSweep(SweepReport report) {
    this.report = report;
    this.first = report.variants().get(0);
  }

  /** Adds what the template shows of it. */
  void addTo(Map<String, Object> page) {
    DataSummary d = report.data();
    List<String> seeds = report.seeds().stream().map(String::valueOf).toList();
    page.put("experiment", report.experiment());
    page.put("description", report.description());
    page.put(
        "facts",
        List.of(
            (seeds.size() == 1 ? "seed " : "seeds ") + String.join(", ", seeds),
            Formats.count(d.train())
                + " training, "
                + Formats.count(d.validation())
                + " validation, "
                + Formats.count(d.test())
                + " test rows",
            d.answers(),
            report.variants().size() + " variants"));
    page.put("gains", Formats.gains(first.results().metric()));
    page.put("findings", report.findings().stream().map(HtmlOverview::finding).toList());
    page.put("severalSeeds", seeds.size() > 1);
    page.put("floats", report.references().stream().map(this::floats).toList());
    page.put("variants", report.variants().stream().map(this::row).toList());
    page.put("names", report.variants().stream().map(SweepVariant::name).toList());
    page.put("settings", settings());
  }

  private Map<String, Object> floats(Stage stage) {
    return Map.of("title", stage.title(), "accuracy", accuracy(first.result(stage)));
  }

  private Row row(SweepVariant v) {
    StageResult integer = v.result(Stage.INTEGER);
    Difference toFloat = integer.against().get(Stage.FLOAT);
    Difference toControl = integer.against().get(Stage.CONTROL);
    Difference toPtq = integer.against().get(v.untrained());
    ModelBytes bytes = v.runs().get(0).bytes();
    Verification verification = v.verification();
    return new Row(
        v.name(),
        report.variants().size() > 2 && v.name().equals(report.knee().name()),
        Formats.bytes(v.bytes()),
        Formats.decimals(v.bytes() / (double) bytes.floatNetwork(), 3),
        accuracy(v.result(v.untrained())),
        accuracy(v.result(Stage.QAT)),
        accuracy(integer),
        Formats.gain(toFloat),
        mood(toFloat),
        Formats.gain(toControl),
        mood(toControl),
        Formats.gain(toPtq),
        mood(toPtq),
        Formats.percent(v.results().flips()),
        verification == null
            ? Formats.NONE
            : verification.isExact() ? "exact" : verification.summary(),
        cost(v));
  }

  private static String cost(SweepVariant v) {
    return Formats.decimals(v.runs().get(0).qatStepOverFloatStep(), 2);
  }

  private String accuracy(StageResult r) {
    Metric metric = first.results().metric();
    String mean = Formats.score(metric, r.score());
    return r.perSeed().size() == 1
        ? mean
        : mean + " ± " + Formats.deviation(metric, r.standardDeviation());
  }

  private static String mood(Difference d) {
    return d.interval().contains(0) ? "" : d.mean() > 0 ? "good" : "bad";
  }

  private List<SettingsRow> settings() {
    Set<String> keys = new LinkedHashSet<>();
    report.variants().forEach(v -> keys.addAll(v.settings().keySet()));
    List<SettingsRow> rows = new ArrayList<>();
    for (String key : keys) {
      rows.add(
          new SettingsRow(
              key,
              report.variants().stream()
                  .map(v -> v.settings().getOrDefault(key, Formats.NONE))
                  .toList()));
    }
    return rows;
  }

  private static double scale(Metric metric) {
    return metric.isShare() ? 100 : 1;
  }

  /** What sweep.js draws. */
  static Map<String, Object> chart(SweepReport report) {
    Map<String, Object> all = new LinkedHashMap<>();
    Results results = report.variants().get(0).results();
    all.put("metric", results.metric().title());
    all.put("unit", results.metric().isShare() ? " %" : "");
    all.put("float", scale(results.metric()) * results.stages().get(Stage.FLOAT).score());
    all.put("knee", report.variants().size() > 2 ? report.knee().name() : "");
    all.put("ptq", points(report, SweepVariant::untrained));
    all.put("integer", points(report, v -> Stage.INTEGER));
    return all;
  }

  private static List<Point> points(SweepReport report, Function<SweepVariant, Stage> stage) {
    return report.variants().stream()
        .map(
            v -> {
              StageResult r = v.result(stage.apply(v));
              double scale = scale(v.results().metric());
              return new Point(
                  v.name(),
                  v.bytes(),
                  scale * r.score(),
                  scale * r.interval().lo(),
                  scale * r.interval().hi());
            })
        .toList();
  }
}
