package org.qat4j.report.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.report.Formats;
import org.qat4j.report.RunReport;
import org.qat4j.report.SeedRun;
import org.qat4j.report.TuningReport;
import org.qat4j.report.TuningReport.Figures;

/** The search, of the first seed. */
final class HtmlTuning {
  record Row(
      String name,
      String trial,
      String accuracy,
      String loss,
      String agreement,
      String bytes,
      String bits) {}

  record SensitivityRow(String layer, int bits, String accuracy, String loss, String bytes) {}

  record SuggestionRow(String title, String figures, String yaml) {}

  private HtmlTuning() {}

  static void addTo(Map<String, Object> page, RunReport report) {
    TuningReport t = report.runs().get(0).tuning();
    page.put("hasTuning", t != null);
    page.put("tuningSummary", t == null ? "" : t.summary(report.tunings()));
    List<Row> rows = new ArrayList<>();
    List<Row> front = new ArrayList<>();
    List<SensitivityRow> sensitivity = new ArrayList<>();
    List<SuggestionRow> suggestions = new ArrayList<>();
    if (t != null) {
      rows.add(row("untuned", t.untuned()));
      rows.add(row("best observer", t.observer()));
      rows.add(row("tuned", t.tuned()));
      t.front().forEach(f -> front.add(row(f.settings(), f)));
      t.sensitivity()
          .forEach(
              s ->
                  sensitivity.add(
                      new SensitivityRow(
                          s.layer(),
                          s.bits(),
                          Formats.points(s.accuracyChange() / 100),
                          Formats.decimals(s.lossChange(), 4),
                          Formats.bytes(s.bytesSaved()))));
      t.suggestions()
          .forEach(
              s ->
                  suggestions.add(
                      new SuggestionRow(s.title(), inWords(s.figures()), s.yaml().strip())));
    }
    page.put("tuningRows", rows);
    page.put("frontRows", front);
    page.put("hasSensitivity", !sensitivity.isEmpty());
    page.put("sensitivityRows", sensitivity);
    page.put("suggestions", suggestions);
  }

  private static Row row(String name, Figures f) {
    return new Row(
        name,
        Formats.count(f.trial() + 1L),
        Formats.percent(f.accuracy()),
        Formats.decimals(f.loss(), 4),
        Formats.percent(f.agreement()),
        Formats.bytes(f.bytes()),
        Formats.decimals(f.bits(), 2));
  }

  private static String inWords(Figures f) {
    return Formats.percent(f.accuracy())
        + ", loss "
        + Formats.decimals(f.loss(), 4)
        + ", "
        + Formats.bytes(f.bytes());
  }

  /** What report.js draws; null where there was no search. */
  static Map<String, Object> charts(SeedRun run) {
    TuningReport t = run.tuning();
    if (t == null) {
      return null;
    }
    boolean isLoss = t.objective().equals("loss");
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("objective", isLoss ? "loss, nats" : t.objective() + ", %");
    double unit = isLoss ? 1 : 100;
    all.put(
        "trials",
        t.history().stream().map(h -> new double[] {h.trial() + 1, unit * h.value()}).toList());
    all.put(
        "best",
        t.history().stream()
            .filter(h -> Double.isFinite(h.best()))
            .map(h -> new double[] {h.trial() + 1, unit * h.best()})
            .toList());
    all.put("front", t.front().stream().map(f -> point(f, isLoss)).toList());
    all.put("untuned", List.of(point(t.untuned(), isLoss)));
    all.put(
        "layers",
        t.sensitivity().stream().map(s -> s.layer() + ", " + s.bits() + " bits").toList());
    all.put("harm", t.sensitivity().stream().map(s -> s.lossChange()).toList());
    return all;
  }

  private static double[] point(Figures f, boolean isLoss) {
    return new double[] {f.bytes() / 1e3, isLoss ? f.loss() : 100 * f.accuracy()};
  }
}
