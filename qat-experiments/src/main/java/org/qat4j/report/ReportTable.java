package org.qat4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;

/** The report as a table for a terminal, at most 100 columns wide. */
public final class ReportTable {

  private static final int COLUMNS = 100;
  private static final String INDENT = " ".repeat(9);

  private ReportTable() {}

  /** Lines, each ended by a line feed. */
  public static String of(RunReport report) {
    List<String> lines = new ArrayList<>();
    List<Long> seeds = report.runs().stream().map(SeedRun::seed).toList();
    lines.add(
        report.experiment()
            + ", "
            + (seeds.size() == 1 ? "seed " + seeds.get(0) : seeds.size() + " seeds")
            + ", "
            + Formats.count(report.data().test())
            + " test items, "
            + report.data().answers());
    lines.add("");
    Metric metric = report.results().metric();
    lines.add(
        row(
            metric,
            "",
            metric.title(),
            "95 % interval",
            "loss",
            Formats.gainTitle(metric, "float"),
            metric.isShare() ? "to control" : Formats.gainTitle(metric, "control")));
    report.results().stages().forEach((stage, r) -> lines.add(row(metric, stage, r)));
    lines.add("");
    lines.addAll(facts(report));
    return lines.stream().map(l -> l.stripTrailing() + "\n").collect(Collectors.joining());
  }

  private static String row(Metric metric, Stage stage, StageResult r) {
    return row(
        metric,
        stage.title(),
        Formats.score(metric, r.score()),
        Formats.score(metric, r.interval()),
        Formats.decimals(r.loss(), 4),
        points(r.against().get(Stage.FLOAT)),
        stage.isBaseline() ? "" : points(r.against().get(Stage.CONTROL)));
  }

  private static String points(Difference d) {
    return d == null ? "" : Formats.gain(d);
  }

  /** Gains that are no percentage points are longer; there, losses are not told. */
  private static String row(Metric metric, String... cells) {
    String format =
        metric.isShare()
            ? "%-17s %9s  %-16s %7s  %-21s %-21s"
            : "%-17s %7s  %-16s %4s  %-23s %-23s";
    return String.format(Locale.ROOT, format, (Object[]) cells);
  }

  private static List<String> facts(RunReport report) {
    List<String> lines = new ArrayList<>();
    Results results = report.results();
    StageResult last = results.stages().get(results.last());
    if (last.perSeed().size() > 1) {
      lines.add(
          fact(
              "seeds",
              last.perSeed().stream()
                      .map(score -> Formats.score(results.metric(), score))
                      .collect(Collectors.joining(", "))
                  + ", sd "
                  + Formats.deviation(results.metric(), last.standardDeviation())));
    }
    if (!last.parts().isEmpty()) {
      lines.add(fact("figures", parts(report.results())));
    }
    lines.add(
        fact("flips", Formats.percent(results.flips()) + " of the answers differ from float"));
    TuningReport tuning = report.runs().get(0).tuning();
    if (tuning != null) {
      lines.add(fact("search", tuning.summary(report.tunings())));
    }
    ModelBytes b = report.runs().get(0).bytes();
    if (b != null) {
      lines.add(
          fact(
              "size",
              Formats.bytes(b.floatNetwork())
                  + " float, "
                  + Formats.bytes(b.integer())
                  + " integer ("
                  + Formats.decimals(b.integer() / (double) b.floatNetwork(), 3)
                  + "), "
                  + Formats.bytes(b.integerWithVocabulary())
                  + " with vocabulary"
                  + (b.onnx() == null ? "" : ", " + Formats.bytes(b.onnx()) + " ONNX")));
    }
    List<PruneStep> pruning = report.runs().get(0).pruning();
    for (int i = 0; i < pruning.size(); i++) {
      PruneStep s = pruning.get(i);
      if (i + 1 == pruning.size() || !pruning.get(i + 1).what().equals(s.what())) {
        lines.add(
            fact(
                "pruned",
                Formats.percent(s.share())
                    + " of the "
                    + s.what()
                    + ": validation accuracy "
                    + Formats.percent(s.before())
                    + ", right after "
                    + Formats.percent(s.after())
                    + ", recovered "
                    + Formats.percent(s.recovered())));
      }
    }
    if (report.verification() != null) {
      lines.add(fact("verify", report.verification().summary()));
    }
    if (report.gate() != null) {
      lines.add(fact("gate", report.gate().summary()));
    }
    Map<String, Double> seconds = ReportJson.seconds(report.runs());
    lines.add(fact("time", Formats.seconds(seconds.get("total"))));
    report.findings().forEach(finding -> lines.addAll(lines(finding)));
    return lines;
  }

  /** A finding, and below it what it would have in the experiment file. */
  static List<String> lines(Finding f) {
    String told = fact(f.level().name().toLowerCase(Locale.ROOT), f.text());
    return f.yaml() == null
        ? List.of(told)
        : List.of(told, INDENT + "  " + f.yaml().replace("\n", "\n" + INDENT + "  "));
  }

  /** "float: precision 71.20 %, recall 68.93 %; ..." */
  private static String parts(Results results) {
    return results.order().stream()
        .map(
            stage ->
                stage.title()
                    + ": "
                    + results.stages().get(stage).parts().entrySet().stream()
                        .map(e -> e.getKey() + " " + Formats.percent(e.getValue()))
                        .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("; "));
  }

  private static String fact(String name, String value) {
    return String.format(Locale.ROOT, "%-8s ", name)
        + WordUtils.wrap(value, COLUMNS - INDENT.length(), "\n" + INDENT, false);
  }
}
