package org.qat4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;

/**
 * Reads a run as an experienced colleague would: what was good enough, what was lost and where, and
 * which line of the experiment file mends it.
 */
final class Findings {
  /** Share of clipped values from which a range is worth a look. */
  private static final double MUCH_CLIPPED = 0.01;

  /**
   * Validation accuracy that a training must have lost, or gained in its last epoch, to be told.
   */
  private static final double MUCH_ACCURACY = 0.005;

  /** Of the untuned model's bytes, what a search must fall below to have made it smaller. */
  private static final double SMALLER = 0.9;

  private static final int FULL_BITS = 8;

  private final DataSummary data;
  private final Results results;
  private final SeedRun run;
  private final Verification verification;
  private final List<Finding> found = new ArrayList<>();

  private Findings(DataSummary data, Results results, SeedRun run, Verification verification) {
    this.data = data;
    this.results = results;
    this.run = run;
    this.verification = verification;
  }

  /**
   * What there is to say, the gravest first.
   *
   * @param run the seed whose layers and curves are looked at
   * @param verification of all seeds, or null
   */
  static List<Finding> of(
      DataSummary data, Results results, SeedRun run, Verification verification) {
    Findings findings = new Findings(data, results, run, verification);
    findings.verification();
    findings.inFloat();
    findings.rows();
    findings.linear();
    findings.lossOfAccuracy();
    findings.clipping();
    findings.training();
    findings.postTraining();
    findings.control();
    findings.found.sort(Comparator.comparing(f -> f.level() == Finding.Level.ADVICE));
    return findings.found;
  }

  private void warn(String message, String yaml) {
    found.add(new Finding(Finding.Level.WARNING, message, yaml));
  }

  private void advise(String message, String yaml) {
    found.add(new Finding(Finding.Level.ADVICE, message, yaml));
  }

  private void verification() {
    if (verification != null && !verification.isExact()) {
      warn(
          "The engines do not agree, so that no model was written: "
              + verification.summary()
              + ". The networks are kept: ./qat verify and ./qat export try again without training.",
          null);
    }
  }

  private void inFloat() {
    if (!run.inFloat().isEmpty()) {
      warn(
          "There is no integer model, because layers stay in float: "
              + run.inFloat().stream()
                  .map(line -> line.split(";", 2)[0]) // without what else there is
                  .collect(Collectors.joining("; "))
              + ".",
          "quantize:\n  unsupported: refuse");
    }
  }

  private void rows() {
    if (data.skipped() > 0) {
      warn(
          Formats.count(data.skipped())
              + " malformed rows were left out; stopping at the first one names it.",
          "data:\n  malformed: stop");
    }
    data.findings().forEach(f -> warn(f.message(), f.yaml()));
  }

  /** Whether there is anything that a network is needed for. */
  private void linear() {
    if (!results.stages().containsKey(Stage.LINEAR)) {
      return;
    }
    Difference d = against(Stage.LINEAR, Stage.FLOAT);
    if (d != null && d.interval().lo() > 0) {
      warn(
          "A linear model does better than the float network: by "
              + Formats.points(d)
              + " points. Longer training, a larger vocabulary or another network may help.",
          null);
    }
  }

  /** The last stage against the float network: what quantization costs. */
  private void lossOfAccuracy() {
    Difference d = against(results.last(), Stage.FLOAT);
    if (d == null || d.interval().hi() >= 0) {
      return;
    }
    String message =
        "The "
            + results.last().title()
            + " loses accuracy to float: "
            + Formats.points(d)
            + " points";
    List<LayerRow> layers = lastLayers();
    LayerRow worst =
        layers.stream()
            .filter(Findings::hasFewerBits)
            .min(Comparator.comparing(row -> row.quantization().sqnrDb()))
            .orElse(null);
    if (worst != null) {
      warn(
          message
              + "; of the layers with fewer than 8 bits, \""
              + worst.name()
              + "\" has the most quantization noise ("
              + Formats.decimals(worst.quantization().sqnrDb(), 1)
              + " dB).",
          override(worst.name(), "weights: {bits: 8}", "activations: {bits: 8}"));
    } else if (!layers.isEmpty()) {
      warn(
          message + "; every layer has 8 bits, so that longer training is what is left.",
          "quantize:\n  qat:\n    epochs: " + (epochs(Stage.QAT) + 1));
    } else {
      warn(message + ".", null);
    }
  }

  private static boolean hasFewerBits(LayerRow row) {
    return row.weightBits() < FULL_BITS
        || (row.activationBits() != null && row.activationBits() < FULL_BITS);
  }

  private List<LayerRow> lastLayers() {
    List<LayerRow> last = List.of();
    for (LayerReport layers : run.layers().values()) {
      last = layers.rows();
    }
    return last;
  }

  private void clipping() {
    for (LayerRow row : lastLayers()) {
      if (row.saturation() != null && row.saturation() > MUCH_CLIPPED) {
        advise(
            Formats.percent(row.saturation())
                + " of the outputs of layer \""
                + row.name()
                + "\" lie outside the range of its codes; a range over all batches clips fewer.",
            override(row.name(), "activations: {observer: min-max}"));
      }
    }
  }

  private static String override(String layer, String... lines) {
    return "quantize:\n  overrides:\n    - layer: "
        + ReportJson.compact(layer)
        + "\n      "
        + String.join("\n      ", lines);
  }

  /** Whether the float network was trained too short or too long, by its validation accuracy. */
  private void training() {
    List<CurvePoint> points =
        run.curves().stream()
            .filter(p -> p.stage() == Stage.FLOAT && p.validationAccuracy() != null)
            .toList();
    if (points.size() < 2) {
      return;
    }
    CurvePoint last = points.get(points.size() - 1);
    CurvePoint before = points.get(points.size() - 2);
    CurvePoint best =
        points.stream().max(Comparator.comparing(CurvePoint::validationAccuracy)).orElse(last);
    double gain = last.validationAccuracy() - before.validationAccuracy();
    double loss = best.validationAccuracy() - last.validationAccuracy();
    if (gain > MUCH_ACCURACY && loss == 0) {
      advise(
          "The float network was still learning: its validation accuracy rose by "
              + Formats.points(gain)
              + " points in the end.",
          "train:\n  epochs: " + (last.epoch() + Math.max(1, last.epoch() / 2)));
    } else if (loss > MUCH_ACCURACY && best.epoch() < last.epoch()) {
      advise(
          "The float network was best after epoch "
              + best.epoch()
              + "; its validation accuracy changed by "
              + Formats.points(-loss)
              + " points since.",
          "train:\n  epochs: " + best.epoch());
    }
  }

  /** What a search was worth against the untuned setting, in points or in bytes. */
  private String search(Difference d) {
    TuningReport.Figures untuned = run.tuning().untuned();
    TuningReport.Figures tuned = run.tuning().tuned();
    if (d.interval().lo() <= 0 && tuned.bytes() < SMALLER * untuned.bytes()) {
      return "The search makes the model smaller, "
          + Formats.bytes(tuned.bytes())
          + " instead of "
          + Formats.bytes(untuned.bytes())
          + ", for "
          + Formats.points(d)
          + " points on the test set.";
    }
    return (d.interval().lo() > 0 ? "The search pays here: " : "The search gains nothing sure: ")
        + Formats.points(d)
        + " points over the untuned setting on the test set.";
  }

  /** Whether training under quantization was worth its time. */
  private void postTraining() {
    Difference d = against(results.last(), Stage.PTQ);
    if (d == null) {
      return;
    }
    if (results.last() == Stage.TUNED) {
      advise(search(d), null);
    } else if (d.interval().lo() > 0) {
      advise(
          "Training under quantization pays here: "
              + Formats.points(d)
              + " points over post-training quantization.",
          null);
    } else {
      advise(
          "Post-training quantization does as well as training under quantization here: the "
              + results.last().title()
              + " differs from it by "
              + Formats.points(d)
              + " points.",
          "quantize:\n  qat:\n    epochs: 0");
    }
  }

  /** Whether a gain over the float network is that of training longer. */
  private void control() {
    Difference toFloat = against(results.last(), Stage.FLOAT);
    Difference toControl = against(results.last(), Stage.CONTROL);
    if (toFloat != null
        && toControl != null
        && toFloat.interval().lo() > 0
        && toControl.interval().lo() <= 0) {
      advise(
          "The gain over float ("
              + Formats.points(toFloat)
              + " points) is that of longer training: against the float network with as many steps"
              + " it is "
              + Formats.points(toControl)
              + ".",
          "train:\n  epochs: " + (epochs(Stage.FLOAT) + epochs(Stage.QAT)));
    }
  }

  private int epochs(Stage stage) {
    return run.curves().stream()
        .filter(p -> p.stage() == stage)
        .mapToInt(CurvePoint::epoch)
        .max()
        .orElse(0);
  }

  private Difference against(Stage stage, Stage reference) {
    Map<Stage, Difference> differences = results.stages().get(stage).against();
    return differences.get(reference);
  }
}
