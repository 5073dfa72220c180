package org.qat4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.qat.Diagnosis;
import org.qat4j.report.Finding.Kind;

/**
 * Reads a run as an experienced colleague would: what was good enough, what was lost and where, and
 * which line of the experiment file mends it. What quantization costs and what its training is
 * worth is decided once, against the control; the sentences follow from that, so that none
 * contradicts another. docs/report.md has the table of all of them.
 */
final class Findings {
  /** Share of clipped values from which a range is worth a look. */
  private static final double MUCH_CLIPPED = 0.01;

  /**
   * Validation accuracy that a training must have lost, or gained in its last epoch, to be told.
   */
  private static final double MUCH_ACCURACY = 0.005;

  /** Of the other model's bytes, what a search must fall below to have made it smaller. */
  private static final double SMALLER = 0.9;

  /** Of the loss to the control, what a pruned network has to have lost to be what lost it. */
  private static final double MOST = 0.5;

  private static final int FULL_BITS = 8;

  private static final Set<Kind> LOSSES =
      EnumSet.of(
          Kind.LOST_BY_QUANTIZATION,
          Kind.LOST_BY_PRUNING,
          Kind.LOST_BY_TRAINING,
          Kind.LOSS_NOT_SURE);

  private final DataSummary data;
  private final Results results;
  private final SeedRun run;
  private final Verification verification;
  private final ModelWords words;
  private final Experiment experiment;
  private final Worth worth;
  private final List<Finding> found = new ArrayList<>();
  private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

  private Findings(
      DataSummary data,
      Results results,
      SeedRun run,
      Verification verification,
      ModelWords words,
      Experiment experiment) {
    this.data = data;
    this.results = results;
    this.run = run;
    this.verification = verification;
    this.words = words;
    this.experiment = experiment;
    this.worth = Worth.of(results);
  }

  /**
   * What there is to say, the gravest first.
   *
   * @param run the seed whose layers and curves are looked at
   * @param verification of all seeds, or null
   * @param words of the network, or null where it does not read words or that is not known
   * @param experiment that was run, or null where that is not known
   */
  static List<Finding> of(
      DataSummary data,
      Results results,
      SeedRun run,
      Verification verification,
      ModelWords words,
      Experiment experiment) {
    Findings findings = new Findings(data, results, run, verification, words, experiment);
    findings.verification();
    findings.inFloat();
    findings.rows();
    findings.baselines();
    findings.loss();
    findings.clipping();
    findings.worth();
    findings.longerTraining();
    findings.search();
    findings.diagnoses();
    findings.training();
    findings.found.sort(Comparator.comparing(f -> f.level() == Finding.Level.ADVICE));
    return findings.found;
  }

  private void add(Kind kind, String message, String remedy, String yaml) {
    found.add(new Finding(kind, message, remedy, yaml));
    kinds.add(kind);
  }

  private void verification() {
    if (verification != null && !verification.isExact()) {
      add(
          Kind.ENGINES_DIFFER,
          "The engines do not agree, so that no model was written: " + verification.summary() + ".",
          "The networks are kept: ./qat verify and ./qat export try again without training.",
          null);
    }
  }

  private void inFloat() {
    if (!run.inFloat().isEmpty()) {
      add(
          Kind.STAYS_IN_FLOAT,
          "There is no integer model, because layers stay in float: "
              + run.inFloat().stream()
                  .map(line -> line.split(";", 2)[0]) // without what else there is
                  .collect(Collectors.joining("; "))
              + ".",
          "Put other layers in their place; the line below stops before the training where one"
              + " would stay in float.",
          "quantize:\n  unsupported: refuse");
    }
  }

  private void rows() {
    if (data.skipped() > 0) {
      add(
          Kind.ROWS_LEFT_OUT,
          Formats.count(data.skipped()) + " malformed rows were left out.",
          "Stopping at the first one names it.",
          "data:\n  malformed: stop");
    }
    data.findings()
        .forEach(
            f ->
                add(
                    Kind.DATA,
                    f.message(),
                    f.yaml() == null ? "Mend the data." : "Mend the data, or add the lines below.",
                    f.yaml()));
  }

  /** Whether there is anything that a network is needed for. */
  private void baselines() {
    List<Stage> better =
        results.stages().keySet().stream()
            .filter(Stage::isBaseline)
            .filter(stage -> Worth.isBetter(against(stage, Stage.FLOAT)))
            .sorted(Comparator.comparing(stage -> -against(stage, Stage.FLOAT).mean()))
            .toList();
    if (better.isEmpty()) {
      return;
    }
    Stage best = better.get(0);
    Difference toControl = against(best, Stage.CONTROL);
    String others =
        better.stream()
            .skip(1)
            .map(
                stage ->
                    "\"" + name(stage) + "\" (" + Formats.points(against(stage, Stage.FLOAT)) + ")")
            .collect(Collectors.joining(" and "));
    String message =
        "The baseline \""
            + name(best)
            + "\" does better than the float network: by "
            + Formats.points(against(best, Stage.FLOAT))
            + " points"
            + (toControl == null
                ? ""
                : "; against the control, trained on in float, it is " + Formats.points(toControl))
            + (others.isEmpty() ? "." : "; to float, better also " + others + ".");
    if (toControl != null && toControl.mean() <= 0) {
      add(
          Kind.BASELINE_AHEAD_OF_FLOAT,
          message,
          "The network catches up when it is trained longer.",
          null);
    } else if (readsPairsApart()) {
      add(
          Kind.BASELINE_AHEAD,
          message,
          "Let the network see which words question and text have in common, and where a text stands"
              + " among the others.",
          "model:\n  kind: pair-cnn\n  overlap: 16\n  places: 30");
    } else if (words != null && !words.ngrams()) {
      add(
          Kind.BASELINE_AHEAD,
          message,
          "Let the network read parts of words as well"
              + (words.isFull() ? ", and more words: its vocabulary is full." : "."),
          "model:\n  kind: word-cnn\n  ngrams: {}");
    } else if (words != null && words.isFull()) {
      add(
          Kind.BASELINE_AHEAD,
          message,
          "Let the network know more words: its vocabulary is full.",
          "model:\n  kind: word-cnn\n  vocabulary: " + 2 * words.vocabulary());
    } else {
      add(
          Kind.BASELINE_AHEAD,
          message,
          "Take the baseline, or try another network"
              + (words == null ? "." : "; this one knows all words and their parts already."),
          null);
    }
  }

  private boolean readsPairsApart() {
    return experiment != null
        && experiment.model() instanceof ModelSpec.PairCnn pairs
        && (pairs.overlap() == 0 || pairs.places() == 0);
  }

  private String name(Stage baseline) {
    return baseline == Stage.MAJORITY && results.metric() == Metric.RANKING
        ? "left in their order"
        : baseline.title();
  }

  /** What quantization costs, as far as it is quantization that costs it. */
  private void loss() {
    Difference toFloat = against(results.last(), Stage.FLOAT);
    Difference toControl = against(results.last(), Stage.CONTROL);
    if (toFloat == null) {
      return;
    } else if (toControl == null ? Worth.isWorse(toFloat) : Worth.isWorse(toControl)) {
      lossOfAccuracy(toFloat, toControl);
    } else if (Worth.isWorse(toFloat)) {
      lossInFloatToo(toFloat, toControl);
    }
  }

  private void lossOfAccuracy(Difference toFloat, Difference toControl) {
    String message =
        "The "
            + results.last().title()
            + " loses"
            + (results.metric().isShare() ? " " + results.metric().title() : "")
            + (toControl == null
                ? ""
                : " to the control, the float network trained as long: "
                    + Formats.points(toControl)
                    + " points")
            + (toControl == null ? " to float: " : "; to float it is ")
            + Formats.points(toFloat)
            + " points";
    Difference pruned = against(Stage.PRUNED, Stage.CONTROL);
    if (toControl != null && Worth.isWorse(pruned) && pruned.mean() <= MOST * toControl.mean()) {
      add(
          Kind.LOST_BY_PRUNING,
          message
              + ". The pruned network is behind the control already, before it is quantized: "
              + Formats.points(pruned)
              + " points.",
          "Prune less, in more steps, or train longer after each.",
          null);
      return;
    }
    List<LayerRow> layers = lastLayers();
    LayerRow worst =
        layers.stream()
            .filter(Findings::hasFewerBits)
            .min(Comparator.comparing(row -> row.quantization().sqnrDb()))
            .orElse(null);
    if (worst != null) {
      add(
          Kind.LOST_BY_QUANTIZATION,
          message
              + "; of the layers with fewer than 8 bits, \""
              + worst.name()
              + "\" has the most quantization noise ("
              + Formats.decimals(worst.quantization().sqnrDb(), 1)
              + " dB).",
          "Give that layer more bits.",
          override(worst.name(), "weights: {bits: 8}", "activations: {bits: 8}"));
    } else if (worth == Worth.POST_TRAINING_BETTER) {
      add(
          Kind.LOST_BY_QUANTIZATION,
          message + ".",
          "It is the training under quantization that loses it: leave it out, or let it have a"
              + " lower learning rate.",
          null);
    } else if (!layers.isEmpty() && epochs(Stage.QAT) > 0) {
      add(
          Kind.LOST_BY_QUANTIZATION,
          message + "; every layer has 8 bits.",
          "Train longer under quantization.",
          "quantize:\n  qat:\n    epochs: " + (epochs(Stage.QAT) + 1));
    } else {
      add(
          Kind.LOST_BY_QUANTIZATION,
          message + ".",
          results.last().compareTo(Stage.QAT) < 0
              ? "Train it under quantization, or give it more bits."
              : "Give it more bits, or train longer under quantization.",
          null);
    }
  }

  /** A loss to float that is not one to the control. */
  private void lossInFloatToo(Difference toFloat, Difference toControl) {
    Difference control = against(Stage.CONTROL, Stage.FLOAT);
    String message =
        "The "
            + results.last().title()
            + " stands below float by "
            + Formats.points(toFloat)
            + " points, but against the control, the float network trained as long, it loses"
            + " nothing sure: "
            + Formats.points(toControl)
            + ". The control itself stands to float at "
            + Formats.points(control)
            + ".";
    if (!Worth.isWorse(control)) {
      add(
          Kind.LOSS_NOT_SURE,
          message,
          "More test items or several seeds (--seeds 5) would tell where it is lost.",
          null);
      return;
    }
    int epochs = epochs(Stage.QAT);
    boolean leftOut =
        worth == Worth.POST_TRAINING_BETTER || worth == Worth.POST_TRAINING_SUFFICES || epochs < 2;
    add(
        Kind.LOST_BY_TRAINING,
        message,
        "It is the further training that loses it, not the quantization: train less after"
            + " calibration, or at a lower learning rate.",
        leftOut ? null : "quantize:\n  qat:\n    epochs: " + epochs / 2);
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
        add(
            Kind.CLIPPED,
            Formats.percent(row.saturation())
                + " of the outputs of layer \""
                + row.name()
                + "\" lie outside the range of its codes.",
            "A range over all batches clips fewer.",
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

  /** Whether training under quantization was worth its time. */
  /** Whether training brought vectors nearer to those in float, which is what it was for. */
  private boolean bringsVectorsNearer() {
    if (results.metric() != Metric.VECTORS || worth == Worth.UNTOLD) {
      return false;
    }
    Double trained = results.stages().get(results.last()).parts().get("cosine");
    Double untrained = results.stages().get(results.untrained()).parts().get("cosine");
    if (trained == null || untrained == null || trained <= untrained) {
      return false;
    }
    add(
        Kind.TRAINING_PAYS,
        String.format(
            Locale.ROOT,
            "Training under quantization brings the vectors nearer to those in float: a mean cosine"
                + " of %.4f, and %.4f without it.",
            trained,
            untrained),
        "Keep it.",
        null);
    return true;
  }

  private void worth() {
    if (bringsVectorsNearer()) {
      return;
    }
    Difference gain = worth == Worth.UNTOLD ? null : against(results.last(), results.untrained());
    switch (worth) {
      case PAYS ->
          add(
              Kind.TRAINING_PAYS,
              "Training under quantization pays here: "
                  + overUntrained(gain)
                  + (results.worth() == null ? "." : ", which is more than the control gains."),
              "Keep it.",
              null);
      case FLOAT_GAINS_AS_MUCH -> {
        boolean lossless =
            kinds.stream().noneMatch(LOSSES::contains)
                && !Worth.isWorse(against(results.untrained(), Stage.FLOAT));
        String longer = longerEpochs();
        add(
            Kind.FLOAT_GAINS_AS_MUCH,
            "Training under quantization gains nothing sure beyond what as many steps gain in"
                + " float: "
                + overUntrained(gain)
                + ".",
            lossless
                ? "Train the float network longer and quantize it without training."
                : "Train the float network longer before it is quantized.",
            lossless ? longer + "\nquantize:\n  qat:\n    epochs: 0" : longer);
      }
      case POST_TRAINING_SUFFICES ->
          add(
              Kind.POST_TRAINING_SUFFICES,
              "Nothing is sure that training under quantization gains here: "
                  + overUntrained(gain)
                  + "; without it nothing sure is lost to float either: "
                  + Formats.points(against(results.untrained(), Stage.FLOAT))
                  + ".",
              "Leave the training out to save its time.",
              "quantize:\n  qat:\n    epochs: 0");
      case POST_TRAINING_BETTER ->
          add(
              Kind.POST_TRAINING_BETTER,
              "Training under quantization does harm here: " + overUntrained(gain) + ".",
              "Leave it out, or let it have a lower learning rate.",
              "quantize:\n  qat:\n    epochs: 0");
      case GAINS_NOTHING ->
          add(
              Kind.TRAINING_GAINS_NOTHING,
              "Training under quantization gains nothing sure here, although there is something to"
                  + " gain: "
                  + overUntrained(gain)
                  + "; without it, to float: "
                  + Formats.points(against(results.untrained(), Stage.FLOAT))
                  + ".",
              "Mend the loss first, by more bits or another learning rate, and compare again.",
              null);
      case UNTOLD -> {}
    }
  }

  /** The gain over quantization without training, beside that of the control over float. */
  private String overUntrained(Difference gain) {
    String start =
        results.untrained() == Stage.TUNED ? "the tuned setting" : "post-training quantization";
    Difference control = against(Stage.CONTROL, Stage.FLOAT);
    return Formats.points(gain)
        + " points over "
        + start
        + (control == null
            ? ""
            : ", where the control gains "
                + Formats.points(control)
                + " over float by as many steps"
                + (results.worth() == null
                    ? ""
                    : " (beyond that: "
                        + Formats.points(results.worth().mean(), results.worth().interval())
                        + ")"));
  }

  /** Whether a gain over the float network is that of training longer. */
  private void longerTraining() {
    Difference toFloat = against(results.last(), Stage.FLOAT);
    Difference toControl = against(results.last(), Stage.CONTROL);
    if (Worth.isBetter(toFloat)
        && toControl != null
        && !Worth.isBetter(toControl)
        && worth != Worth.FLOAT_GAINS_AS_MUCH) {
      add(
          Kind.GAIN_OF_LONGER_TRAINING,
          "The gain over float ("
              + Formats.points(toFloat)
              + " points) is that of longer training: against the control, the float network with"
              + " as many steps, it is "
              + Formats.points(toControl)
              + ".",
          "Train the float network longer.",
          longerEpochs());
    }
  }

  private String longerEpochs() {
    return "train:\n  epochs: " + (epochs(Stage.FLOAT) + Math.max(1, epochs(Stage.QAT)));
  }

  /** What a search was worth: against the best of the usual observers, which costs next to none. */
  private void search() {
    Difference untuned = against(Stage.TUNED, Stage.PTQ);
    if (untuned == null || run.tuning() == null) {
      return;
    }
    Difference observer = against(Stage.TUNED, Stage.OBSERVER);
    TuningReport t = run.tuning();
    TuningReport.Figures other = observer == null ? t.untuned() : t.observer();
    String points =
        (observer == null
                ? Formats.points(untuned) + " points over the untuned setting"
                : Formats.points(observer)
                    + " points over the best of the usual observers, and "
                    + Formats.points(untuned)
                    + " over the untuned setting")
            + "; to float it is "
            + Formats.points(against(Stage.TUNED, Stage.FLOAT));
    Difference gain = observer == null ? untuned : observer;
    boolean smaller = t.tuned().bytes() < SMALLER * other.bytes();
    String adopt = "tuned.yaml in the run folder is the experiment with what was found.";
    String take = "Take that observer: the search suggests its lines.";
    if (Worth.isBetter(gain)) {
      add(Kind.SEARCH_PAYS, "The search pays here: " + points + ".", adopt, null);
    } else if (smaller) {
      add(
          Kind.SEARCH_SMALLER,
          "The search makes the model smaller, "
              + Formats.bytes(t.tuned().bytes())
              + " instead of "
              + Formats.bytes(other.bytes())
              + ": "
              + points
              + " on the test set.",
          "Where the bytes are worth that: " + adopt,
          null);
    } else if (Worth.isWorse(gain)) {
      add(
          observer == null ? Kind.SEARCH_GAINS_NOTHING : Kind.OBSERVER_BETTER,
          "The search does worse on the test set: " + points + ".",
          observer == null ? "Keep the setting that was given." : take,
          null);
    } else if (Worth.isBetter(against(Stage.OBSERVER, Stage.PTQ))) {
      add(
          Kind.OBSERVER_SUFFICES,
          "The best of the usual observers has all that the search gains for sure: " + points + ".",
          take,
          null);
    } else {
      add(
          Kind.SEARCH_GAINS_NOTHING,
          "The search gains nothing sure: " + points + ".",
          "Keep the setting that was given.",
          null);
    }
  }

  /** What the network under quantization shows that its training does not. */
  private void diagnoses() {
    for (Diagnosis d : run.diagnoses()) {
      String message =
          Character.toUpperCase(d.message().charAt(0)) + d.message().substring(1) + ".";
      switch (d.cause()) {
        case STATISTICS -> {
          boolean told =
              kinds.contains(Kind.STATISTICS)
                  || kinds.contains(Kind.LOST_BY_TRAINING)
                  || kinds.contains(Kind.FLOAT_GAINS_AS_MUCH)
                  || kinds.contains(Kind.GAIN_OF_LONGER_TRAINING)
                  || epochs(Stage.FLOAT) == 0;
          add(
              Kind.STATISTICS,
              message,
              "Let the statistics settle before the network is quantized.",
              told ? null : "train:\n  epochs: " + half(epochs(Stage.FLOAT)));
        }
        case LOST_BRANCH -> lostBranch(message);
        case OUTLIER_CHANNELS -> {
          // Told of all together.
        }
      }
    }
    outliers(
        run.diagnoses().stream()
            .filter(d -> d.cause() == Diagnosis.Cause.OUTLIER_CHANNELS)
            .toList());
  }

  /** The same cause has the same remedy wherever it is. */
  private void outliers(List<Diagnosis> places) {
    if (places.isEmpty()) {
      return;
    }
    String first = places.get(0).message();
    String more =
        places.stream().skip(1).map(d -> '"' + d.layer() + '"').collect(Collectors.joining(", "));
    add(
        Kind.OUTLIER_CHANNELS,
        Character.toUpperCase(first.charAt(0))
            + first.substring(1)
            + (more.isEmpty() ? "." : "; so it is in " + more + "."),
        "Give the residual stream more bits than the rest, or with 8 a scale to each channel.",
        "quantize:\n  residual: 16");
  }

  private void lostBranch(String message) {
    if (experiment == null || !experiment.quantize().postTraining().equalize()) {
      add(
          Kind.LOST_BRANCH,
          message,
          "Even out the channels before the quantization.",
          run.tuning() != null ? null : "quantize:\n  postTraining:\n    equalize: true");
    } else if (experiment.quantize().activations().bits() < FULL_BITS) {
      add(
          Kind.LOST_BRANCH,
          message,
          "The channels are evened out already: more bits of activations give the branch more codes.",
          "quantize:\n  activations:\n    bits: " + FULL_BITS);
    } else {
      add(
          Kind.LOST_BRANCH,
          message,
          "The channels are evened out already, and activations have 8 bits: leave the branch out,"
              + " or normalize it.",
          null);
    }
  }

  /** Half as much again, at least one more. */
  private static int half(int epochs) {
    return epochs + Math.max(1, epochs / 2);
  }

  /**
   * Whether the float network was trained too short or too long, by its validation accuracy; not
   * where the test set or the statistics have told that already.
   */
  private void training() {
    List<CurvePoint> points =
        run.curves().stream()
            .filter(p -> p.stage() == Stage.FLOAT && p.validationAccuracy() != null)
            .toList();
    boolean longer =
        kinds.contains(Kind.FLOAT_GAINS_AS_MUCH)
            || kinds.contains(Kind.GAIN_OF_LONGER_TRAINING)
            || kinds.contains(Kind.BASELINE_AHEAD_OF_FLOAT)
            || kinds.contains(Kind.STATISTICS);
    if (points.size() < 2 || longer) {
      return;
    }
    CurvePoint last = points.get(points.size() - 1);
    CurvePoint before = points.get(points.size() - 2);
    CurvePoint best =
        points.stream().max(Comparator.comparing(CurvePoint::validationAccuracy)).orElse(last);
    double gain = last.validationAccuracy() - before.validationAccuracy();
    double loss = best.validationAccuracy() - last.validationAccuracy();
    if (gain > MUCH_ACCURACY && loss == 0 && !kinds.contains(Kind.LOST_BY_TRAINING)) {
      add(
          Kind.STILL_LEARNING,
          "The float network was still learning: its "
              + validation()
              + " rose by "
              + Formats.points(gain)
              + " points in the end.",
          "Train it longer.",
          "train:\n  epochs: " + half(last.epoch()));
    } else if (loss > MUCH_ACCURACY && best.epoch() < last.epoch()) {
      add(
          Kind.BEST_BEFORE,
          "The float network was best after epoch "
              + best.epoch()
              + "; its "
              + validation()
              + " changed by "
              + Formats.points(-loss)
              + " points since.",
          "Train it no longer than that.",
          "train:\n  epochs: " + best.epoch());
    }
  }

  /** What is told of the validation texts after each pass. */
  private String validation() {
    return "validation " + results.metric().learningTitle();
  }

  private int epochs(Stage stage) {
    return run.curves().stream()
        .filter(p -> p.stage() == stage)
        .mapToInt(CurvePoint::epoch)
        .max()
        .orElse(0);
  }

  private Difference against(Stage stage, Stage reference) {
    return Worth.against(results, stage, reference);
  }
}
