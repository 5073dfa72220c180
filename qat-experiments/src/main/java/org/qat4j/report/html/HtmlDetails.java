package org.qat4j.report.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.diagnostics.ValueDistribution;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.Formats;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.Phase;
import org.qat4j.report.RunReport;
import org.qat4j.report.SeedRun;
import org.qat4j.report.Verification;

/** Middle of the page, of the first seed: learning curves, cost, layers, exactness. */
final class HtmlDetails {
  record CurveRow(
      String key,
      String title,
      int epoch,
      String step,
      String loss,
      String validation,
      String rate,
      String speed) {}

  /** What became of the codes of a layer's weights in each pass. */
  record CodeRow(String layer, List<String> shares) {}

  record PruneLine(
      String what, String step, String share, String before, String after, String recovered) {}

  record LayerSizeLine(
      String layer, String floats, String weights, String zeros, String packed, String file) {}

  /** A name with a bar. */
  record Size(String name, String bytes, String ratio, String percent) {}

  record Time(String name, String seconds, String percent) {}

  record LayerLine(
      String name,
      String type,
      String weights,
      String scales,
      String zeros,
      String codes,
      String saturation,
      List<String> sqnr,
      String cosineToFloat) {}

  record DistributionLine(int index, String layer, String what, String values, String range) {}

  record VerifyRow(String name, String codes, String onnx, String network) {}

  private final RunReport report;
  private final SeedRun run;

  HtmlDetails(RunReport report) {
    this.report = report;
    this.run = report.runs().get(0);
  }

  /** Adds what the template shows of it. */
  void addTo(Map<String, Object> page) {
    curves(page);
    pruning(page);
    cost(page);
    layers(page);
    verify(page);
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
    codes(page);
  }

  /** Layers by passes of the training under quantization. */
  private void codes(Map<String, Object> page) {
    List<CurvePoint> passes =
        run.curves().stream().filter(point -> point.codesChanged() != null).toList();
    List<String> layers =
        passes.isEmpty() ? List.of() : List.copyOf(passes.get(0).codesChanged().keySet());
    page.put("hasCodes", !passes.isEmpty());
    page.put("codePasses", passes.stream().map(CurvePoint::epoch).toList());
    page.put(
        "codeRows",
        layers.stream()
            .map(
                layer ->
                    new CodeRow(
                        layer,
                        passes.stream()
                            .map(pass -> Formats.percent(pass.codesChanged().get(layer)))
                            .toList()))
            .toList());
  }

  private void pruning(Map<String, Object> page) {
    page.put("hasPruning", !run.pruning().isEmpty());
    page.put(
        "pruning",
        run.pruning().stream()
            .map(
                s ->
                    new PruneLine(
                        s.what(),
                        Formats.count(s.step()),
                        Formats.percent(s.share()),
                        Formats.percent(s.before()),
                        Formats.percent(s.after()),
                        Formats.percent(s.recovered())))
            .toList());
    page.put("hasLayerSizes", !run.sizes().isEmpty());
    page.put(
        "layerSizes",
        run.sizes().stream()
            .map(
                s ->
                    new LayerSizeLine(
                        s.layer(),
                        Formats.count(s.floatBytes()),
                        Formats.count(s.weights()),
                        Formats.percent(s.zeros()),
                        Formats.count(s.packedBytes()),
                        Formats.count(s.bytes())))
            .toList());
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
    List<ValueDistribution> distributions = HtmlCharts.distributions(run);
    page.put("hasDistributions", !distributions.isEmpty());
    List<DistributionLine> lines = new ArrayList<>();
    for (ValueDistribution h : distributions) {
      lines.add(
          new DistributionLine(
              lines.size(),
              h.layer(),
              h.what() == ValueDistribution.What.WEIGHTS ? "weights" : "output",
              range(h.min(), h.max()),
              range(h.rangeLo(), h.rangeHi())));
    }
    page.put("distributions", lines);
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
}
