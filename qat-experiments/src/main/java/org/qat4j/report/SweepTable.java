package org.qat4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;

/** The report of a sweep as a table for a terminal, at most 100 columns wide. */
public final class SweepTable {
  private SweepTable() {}

  /** Lines, each ended by a line feed. */
  public static String of(SweepReport report) {
    List<String> lines = new ArrayList<>();
    List<Long> seeds = report.seeds();
    SweepVariant first = report.variants().get(0);
    Metric metric = first.results().metric();
    lines.add(
        report.experiment()
            + ", "
            + (seeds.size() == 1 ? "seed " + seeds.get(0) : seeds.size() + " seeds")
            + ", "
            + Formats.count(report.data().test())
            + " test items, "
            + report.data().answers()
            + ", "
            + Formats.bytes(first.runs().get(0).bytes().floatNetwork())
            + " in float");
    lines.add("");
    int width = report.variants().stream().mapToInt(v -> v.name().length()).max().orElse(0);
    String format = "%-" + Math.max(17, width) + "s %8s %10s %11s  %-20s %-20s %6s";
    lines.add(
        row(
            format,
            "",
            "kB",
            "post-train.",
            "integer",
            Formats.gainTitle(metric, "float"),
            "to control",
            "flips"));
    for (Stage stage : report.references()) {
      lines.add(
          row(format, stage.title(), "", "", accuracy(metric, first.result(stage)), "", "", ""));
    }
    report.variants().forEach(v -> lines.add(row(format, v)));
    lines.add("");
    lines.add(unit(metric) + (seeds.size() > 1 ? " ± standard deviation" : "") + ".");
    report.findings().forEach(finding -> lines.addAll(ReportTable.lines(finding)));
    return lines.stream().map(l -> l.stripTrailing() + "\n").collect(Collectors.joining());
  }

  private static String row(String format, SweepVariant v) {
    StageResult integer = v.result(Stage.INTEGER);
    return row(
        format,
        v.name(),
        String.format(Locale.ROOT, "%.1f", v.bytes() / 1e3),
        accuracy(v.results().metric(), v.result(v.untrained())),
        accuracy(v.results().metric(), integer),
        Formats.gain(integer.against().get(Stage.FLOAT)),
        Formats.gain(integer.against().get(Stage.CONTROL)),
        String.format(Locale.ROOT, "%.2f", 100 * v.results().flips()));
  }

  private static String unit(Metric metric) {
    return metric == Metric.ACCURACY
        ? "Accuracies in percent"
        : metric.title() + (metric.isShare() ? " in percent" : ", smaller is better");
  }

  private static String accuracy(Metric metric, StageResult r) {
    String mean = Formats.deviation(metric, r.score());
    return r.perSeed().size() == 1
        ? mean
        : mean + "±" + Formats.deviation(metric, r.standardDeviation());
  }

  private static String row(String format, Object... cells) {
    return String.format(Locale.ROOT, format, cells);
  }
}
