package org.qat4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.Finding.Kind;

/** Reads a sweep: which variant to take, and for which of them training was worth its time. */
final class SweepFindings {
  /** Losses to the control, in accuracy, within which the smallest model is named. */
  private static final double[] WITHIN = {0.005, 0.01};

  private final SweepReport report;
  private final List<Finding> found = new ArrayList<>();

  private SweepFindings(SweepReport report) {
    this.report = report;
  }

  static List<Finding> of(SweepReport report) {
    SweepFindings findings = new SweepFindings(report);
    findings.smallest();
    findings.knee();
    findings.worth();
    findings.engines();
    findings.found.sort(Comparator.comparing(f -> f.level() == Finding.Level.ADVICE));
    return findings.found;
  }

  private void add(Kind kind, String message, String remedy) {
    found.add(new Finding(kind, message, remedy, null));
  }

  private static Difference toControl(SweepVariant v) {
    return v.result(Stage.INTEGER).against().get(Stage.CONTROL);
  }

  private void smallest() {
    String told = null;
    for (double within : WITHIN) {
      SweepVariant smallest =
          report.variants().stream()
              .filter(v -> toControl(v).mean() >= -within)
              .min(Comparator.comparingLong(SweepVariant::bytes))
              .orElse(null);
      if (smallest != null && !smallest.name().equals(told)) {
        boolean sure = toControl(smallest).interval().lo() >= -within;
        add(
            Kind.SMALLEST_WITHIN,
            String.format(
                Locale.ROOT,
                "The smallest model within %.1f points of the control is %s: %s, %s%s",
                100 * within,
                smallest.name(),
                Formats.bytes(smallest.bytes()),
                figures(smallest),
                sure ? "." : "; so few test items do not rule out more."),
            "Take it where that much may be lost.");
      }
      told = smallest == null ? null : smallest.name();
    }
    if (told == null) {
      SweepVariant nearest =
          report.variants().stream()
              .max(Comparator.comparing(v -> toControl(v).mean()))
              .orElseThrow();
      add(
          Kind.NONE_WITHIN,
          String.format(
              Locale.ROOT,
              "No variant is within %.1f points of the control; the nearest is %s: %s.",
              100 * WITHIN[WITHIN.length - 1],
              nearest.name(),
              figures(nearest)),
          "Add variants with more bits, or train longer under quantization.");
    }
  }

  /** A variant beside control, float and the best baseline. */
  private static String figures(SweepVariant v) {
    String figures =
        Formats.points(toControl(v))
            + " points to the control, "
            + Formats.points(v.result(Stage.INTEGER).against().get(Stage.FLOAT))
            + " to float";
    Stage baseline =
        v.results().stages().keySet().stream()
            .filter(Stage::isBaseline)
            .max(Comparator.comparing(stage -> v.result(stage).score()))
            .orElse(null);
    if (baseline == null) {
      return figures;
    }
    boolean ahead = v.result(baseline).score() > v.result(Stage.INTEGER).score();
    return figures
        + "; the baseline \""
        + baseline.title()
        + "\""
        + (ahead ? " is ahead of it and" : "")
        + " stands at "
        + Formats.points(v.result(baseline).against().get(Stage.CONTROL))
        + " to the control";
  }

  private void knee() {
    if (report.variants().size() > 2) {
      SweepVariant knee = report.knee();
      add(
          Kind.KNEE,
          "The knee of accuracy against size is at "
              + knee.name()
              + ": "
              + Formats.bytes(knee.bytes())
              + ", "
              + figures(knee)
              + ".",
          "Beyond it more bytes buy little.");
    }
  }

  private void worth() {
    named(
        Kind.TRAINING_PAYS,
        v -> v.worth() == Worth.PAYS,
        "Training under quantization pays, beyond what the control gains by as many steps, for ",
        "Keep it there.");
    named(
        Kind.FLOAT_GAINS_AS_MUCH,
        v -> v.worth() == Worth.FLOAT_GAINS_AS_MUCH,
        "Training under quantization gains nothing sure beyond what the control gains by as many"
            + " steps for ",
        "Train the float network longer (train.epochs) and compare again.");
    named(
        Kind.POST_TRAINING_SUFFICES,
        v -> v.worth() == Worth.POST_TRAINING_SUFFICES,
        "Nothing is sure that training under quantization gains, and without it nothing sure is"
            + " lost, for ",
        "Leave it out there: quantize.qat.epochs: 0.");
    named(
        Kind.POST_TRAINING_BETTER,
        v -> v.worth() == Worth.POST_TRAINING_BETTER,
        "Training under quantization does harm for ",
        "Leave it out there (quantize.qat.epochs: 0), or let it have a lower learning rate.");
    named(
        Kind.TRAINING_GAINS_NOTHING,
        v -> v.worth() == Worth.GAINS_NOTHING,
        "Training under quantization gains nothing sure, although there is something to gain, for ",
        "Give these variants more bits or another learning rate.");
  }

  private void named(Kind kind, Predicate<SweepVariant> which, String sentence, String remedy) {
    String names = names(which, v -> v.name() + " (" + gain(v) + ")");
    if (!names.isEmpty()) {
      add(kind, sentence + names + "; points over quantization without training.", remedy);
    }
  }

  private static String gain(SweepVariant v) {
    return Formats.points(v.result(Stage.INTEGER).against().get(v.untrained()))
        + ", to the control "
        + Formats.points(toControl(v));
  }

  private void engines() {
    String names =
        names(v -> v.verification() != null && !v.verification().isExact(), SweepVariant::name);
    if (!names.isEmpty()) {
      add(
          Kind.ENGINES_DIFFER,
          "The engines do not agree for " + names + ".",
          "Run these variants by themselves: ./qat run with --variant.");
    }
  }

  private String names(Predicate<SweepVariant> which, Function<SweepVariant, String> text) {
    return report.variants().stream().filter(which).map(text).collect(Collectors.joining(", "));
  }
}
