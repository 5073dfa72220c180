package org.qat4j.report;

import java.util.Locale;
import java.util.Map;

/** The report as a table for a terminal, at most 100 columns wide. */
public final class ReportTable {
  private ReportTable() {}

  /** Lines, each ended. */
  public static String of(RunReport report) {
    StringBuilder out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%s%n", report.experiment()));
    for (Map.Entry<Stage, StageResult> e : report.results().stages().entrySet()) {
      StageResult r = e.getValue();
      out.append(
          String.format(
              Locale.ROOT,
              "%-18s %7.2f %% [%.2f, %.2f]  %.4f%n",
              e.getKey().title(),
              100 * r.accuracy(),
              100 * r.interval().lo(),
              100 * r.interval().hi(),
              r.loss()));
    }
    return out.toString();
  }
}
