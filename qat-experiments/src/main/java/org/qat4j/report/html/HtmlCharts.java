package org.qat4j.report.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.ValueDistribution;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.RunReport;
import org.qat4j.report.SeedRun;

/** What report.js draws, of the first seed. */
final class HtmlCharts {
  private static final int POINTS = 400;

  private HtmlCharts() {}

  /** Curve of one training; points are [step, value]. */
  record Curve(String stage, String title, List<double[]> loss, List<double[]> validation) {}

  /** Errors of the layers at one stage, in decibels; null where there is none to draw. */
  record Bars(String stage, String title, List<Double> sqnr) {}

  /** A distribution with its range. */
  record Bins(float min, float max, List<Long> counts, float lo, float hi) {}

  static Map<String, Object> of(RunReport report) {
    SeedRun run = report.runs().get(0);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("metric", report.results().metric().learningTitle());
    all.put("curves", curves(run));
    List<String> names = layerNames(run);
    all.put("layers", Map.of("names", names, "stages", bars(run, names)));
    all.put("distributions", distributions(run).stream().map(HtmlCharts::bins).toList());
    all.put("tuning", HtmlTuning.charts(run));
    return all;
  }

  private static List<Curve> curves(SeedRun run) {
    List<Curve> curves = new ArrayList<>();
    long floatSteps = 0;
    for (Stage stage : Stage.values()) {
      List<CurvePoint> points = run.curves().stream().filter(p -> p.stage() == stage).toList();
      if (points.isEmpty()) {
        continue;
      }
      // What trains on begins where the float network ended.
      long offset = stage == Stage.FLOAT ? 0 : floatSteps;
      curves.add(
          new Curve(
              stage.key(),
              stage.title(),
              line(points, offset, CurvePoint::loss),
              line(
                  points.stream().filter(p -> p.validationAccuracy() != null).toList(),
                  offset,
                  p -> 100 * p.validationAccuracy())));
      floatSteps = stage == Stage.FLOAT ? points.get(points.size() - 1).step() : floatSteps;
    }
    return curves;
  }

  private static List<double[]> line(
      List<CurvePoint> points, long offset, Function<CurvePoint, Double> value) {
    int n = points.size();
    int every = Math.max(1, n / POINTS);
    List<double[]> line = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      if (i % every == 0 || i == n - 1) {
        CurvePoint p = points.get(i);
        line.add(new double[] {offset + p.step(), value.apply(p)});
      }
    }
    return line;
  }

  /** Layers in topological order. */
  static List<String> layerNames(SeedRun run) {
    Set<String> names = new LinkedHashSet<>();
    run.layers().values().forEach(l -> l.rows().forEach(row -> names.add(row.name())));
    return List.copyOf(names);
  }

  private static List<Bars> bars(SeedRun run, List<String> names) {
    List<Bars> bars = new ArrayList<>();
    run.layers()
        .forEach(
            (stage, layers) -> {
              Map<String, Double> sqnr = new LinkedHashMap<>();
              layers.rows().forEach(r -> sqnr.put(r.name(), r.quantization().sqnrDb()));
              List<Double> values = new ArrayList<>();
              for (String name : names) {
                Double v = sqnr.get(name);
                values.add(v == null || v.isInfinite() ? null : v);
              }
              bars.add(new Bars(stage.key(), stage.title(), values));
            });
    return bars;
  }

  /** Distributions of the last stage that has any. */
  static List<ValueDistribution> distributions(SeedRun run) {
    List<ValueDistribution> last = List.of();
    for (LayerReport layers : run.layers().values()) {
      last = layers.distributions().isEmpty() ? last : layers.distributions();
    }
    return last;
  }

  private static Bins bins(ValueDistribution h) {
    return new Bins(h.min(), h.max(), h.counts(), h.rangeLo(), h.rangeHi());
  }
}
