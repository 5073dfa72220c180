package org.qat4j.report.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.evaluation.Bootstrap;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;
import org.qat4j.report.DataSummary;
import org.qat4j.report.Finding;
import org.qat4j.report.Formats;
import org.qat4j.report.Gate;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.ReportJson;
import org.qat4j.report.RunReport;
import org.qat4j.report.SeedRun;
import org.qat4j.report.Verification;

/** Top of the page: facts, figures, findings, accuracy of the stages. */
final class HtmlOverview {
  private static final double PLOT_WIDTH = 140;
  private static final double PLOT_MARGIN = 8;

  /** A figure at the top of the page. */
  record Card(String name, String figure, String note, String mood) {}

  record FindingItem(String level, String title, String message, String yaml) {}

  record SeedRow(long seed, List<String> accuracies, String time) {}

  private final RunReport report;
  private final Results results;
  private final SeedRun run;

  HtmlOverview(RunReport report) {
    this.report = report;
    this.results = report.results();
    this.run = report.runs().get(0);
  }

  /** Adds what the template shows of it. */
  void addTo(Map<String, Object> page) {
    head(page);
    accuracy(page);
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
    facts.add(d.answers());
    if (d.skipped() > 0) {
      facts.add(Formats.count(d.skipped()) + " malformed rows left out");
    }
    page.put("facts", facts);
    page.put("cards", cards());
    page.put("hasFindings", !report.findings().isEmpty());
    page.put("findings", report.findings().stream().map(HtmlOverview::finding).toList());
  }

  static FindingItem finding(Finding f) {
    return new FindingItem(
        f.level().name().toLowerCase(Locale.ROOT),
        f.level() == Finding.Level.WARNING ? "Warning" : "Advice",
        f.text(),
        f.yaml() == null ? "" : f.yaml());
  }

  private List<Card> cards() {
    List<Card> cards = new ArrayList<>();
    Stage last = results.last();
    StageResult result = results.stages().get(last);
    cards.add(
        new Card(
            capital(results.metric().title()) + ", " + last.title(),
            Formats.score(results.metric(), result.score()),
            Formats.score(results.metric(), result.interval()),
            ""));
    Difference toFloat = result.against().get(Stage.FLOAT);
    if (toFloat != null) {
      cards.add(
          new Card(
              results.metric().isShare() ? "Change to float, points" : "Gain over float",
              Formats.gain(results.metric(), toFloat.mean()),
              "["
                  + Formats.gain(results.metric(), toFloat.interval().lo())
                  + ", "
                  + Formats.gain(results.metric(), toFloat.interval().hi())
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
    Gate gate = report.gate();
    if (gate != null) {
      cards.add(
          new Card(
              "Gate",
              gate.isMet() ? "met" : "missed",
              gate.conditions().size() == 1
                  ? "1 condition"
                  : gate.conditions().size() + " conditions",
              gate.isMet() ? "good" : "bad"));
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

  private static String capital(String title) {
    return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
  }

  /** Whether a difference is one, by its interval. */
  private static String mood(Difference d) {
    return d == null || d.interval().contains(0) ? "" : d.mean() > 0 ? "good" : "bad";
  }

  private void accuracy(Map<String, Object> page) {
    page.put("metric", results.metric().title());
    page.put("metricTitle", capital(results.metric().title()));
    page.put("gains", Formats.gains(results.metric()));
    page.put("testItems", Formats.count(report.data().test()));
    page.put("severalSeeds", report.runs().size() > 1);
    page.put("seedCount", report.runs().size());
    page.put("firstSeed", run.seed());
    page.put("hasControl", results.stages().containsKey(Stage.CONTROL));
    page.put(
        "intervalNote",
        "Intervals come from "
            + Formats.count(Bootstrap.RESAMPLES)
            + " bootstrap resamples of "
            + (report.runs().size() == 1
                ? "the test items; they say nothing of other seeds."
                : "seeds and test items; rings are the single seeds.")
            + " The dashed line is the float network.");
    double lo = Double.POSITIVE_INFINITY;
    double hi = Double.NEGATIVE_INFINITY;
    for (StageResult r : results.stages().values()) {
      for (double a : r.perSeed()) {
        lo = Math.min(lo, Math.min(a, r.interval().lo()));
        hi = Math.max(hi, Math.max(a, r.interval().hi()));
      }
    }
    page.put("axisLow", Formats.score(results.metric(), lo));
    page.put("axisHigh", Formats.score(results.metric(), hi));
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
                        results.stages().keySet().stream()
                            .map(
                                s ->
                                    Formats.score(results.metric(), r.predictions().get(s).score()))
                            .toList(),
                        Formats.seconds(r.totalSeconds())))
            .toList());
  }

  private Map<String, Object> stage(Stage stage, StageResult r, double lo, double hi) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", stage.key());
    row.put("title", stage.title());
    row.put("accuracy", Formats.score(results.metric(), r.score()));
    row.put("interval", Formats.score(results.metric(), r.interval()));
    row.put("deviation", Formats.deviation(results.metric(), r.standardDeviation()));
    row.put("loss", Formats.decimals(r.loss(), 4));
    row.put("x", plot(r.score(), lo, hi));
    row.put("loX", plot(r.interval().lo(), lo, hi));
    row.put("hiX", plot(r.interval().hi(), lo, hi));
    StageResult floats = results.stages().getOrDefault(Stage.FLOAT, r);
    row.put("floatX", plot(floats.score(), lo, hi));
    row.put(
        "seedX",
        r.perSeed().size() == 1
            ? List.of()
            : r.perSeed().stream().map(a -> plot(a, lo, hi)).toList());
    Difference toFloat = r.against().get(Stage.FLOAT);
    Difference toControl = r.against().get(Stage.CONTROL);
    row.put("toFloat", toFloat == null ? Formats.NONE : Formats.gain(toFloat));
    row.put("toFloatMood", mood(toFloat));
    row.put("toControl", toControl == null ? Formats.NONE : Formats.gain(toControl));
    row.put("toControlMood", mood(toControl));
    Double micros = ReportJson.meanMicrosPerText(report.runs()).get(stage);
    row.put("micros", micros == null ? Formats.NONE : Formats.decimals(micros, 1));
    row.put("flips", toFloat == null ? Formats.NONE : Formats.percent(toFloat.flips()));
    return row;
  }

  private static String plot(double value, double lo, double hi) {
    double share = hi > lo ? (value - lo) / (hi - lo) : 0.5;
    return String.format(Locale.ROOT, "%.1f", PLOT_MARGIN + share * (PLOT_WIDTH - 2 * PLOT_MARGIN));
  }
}
