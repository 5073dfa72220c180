package org.qat4j.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.qat4j.QatException;
import org.qat4j.evaluation.Stage;

/**
 * Variants of an experiment side by side, over the same seeds and test items.
 *
 * @param experiment its name
 * @param description one line
 * @param data what was learned from
 * @param variants one or more, in the order of the file
 * @param provenance versions, machine, settings: name to value, in order
 */
public record SweepReport(
    String experiment,
    String description,
    DataSummary data,
    List<SweepVariant> variants,
    Map<String, String> provenance) {
  /** Losses against float, in accuracy, within which the smallest model is named. */
  private static final double[] WITHIN = {0.005, 0.01};

  public SweepReport {
    variants = List.copyOf(variants);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    if (variants.isEmpty()) {
      throw new QatException("a report of a sweep needs at least one variant");
    }
  }

  /**
   * The report of runs.
   *
   * @param runs of each variant, one per seed, in the order of the report
   * @param settings of each variant, in the same order
   */
  public static SweepReport of(
      String experiment,
      String description,
      DataSummary data,
      Map<String, List<SeedRun>> runs,
      List<Map<String, String>> settings,
      Map<String, String> provenance) {
    List<SweepVariant> variants = new ArrayList<>();
    runs.forEach(
        (name, r) -> variants.add(SweepVariant.of(name, settings.get(variants.size()), r)));
    return new SweepReport(experiment, description, data, variants, provenance);
  }

  public List<Long> seeds() {
    return variants.get(0).runs().stream().map(SeedRun::seed).toList();
  }

  /** Variant at the knee of accuracy against size. */
  public SweepVariant knee() {
    Knee.Point knee = Knee.of(variants.stream().map(SweepVariant::point).toList());
    return variants.stream().filter(v -> v.point().equals(knee)).findFirst().orElseThrow();
  }

  /** What the reader should know, in sentences. */
  public List<String> findings() {
    List<String> findings = new ArrayList<>();
    for (double within : WITHIN) {
      variants.stream()
          .filter(v -> toFloat(v) >= -within)
          .min(Comparator.comparingLong(SweepVariant::bytes))
          .ifPresent(
              v ->
                  findings.add(
                      String.format(
                          Locale.ROOT,
                          "The smallest model within %.1f points of float is %s: %s, %s points.",
                          100 * within,
                          v.name(),
                          Formats.bytes(v.bytes()),
                          Formats.points(toFloat(v)))));
    }
    if (variants.size() > 2) {
      findings.add("The knee of accuracy against size is at " + knee().name() + ".");
    }
    add(
        findings,
        v -> v.postTrainingSuffices() && v.trainingChangesAnswers(),
        "Post-training quantization would have been enough for ");
    add(
        findings,
        v -> !v.postTrainingSuffices() && v.gainsAsFloatDoes(),
        "Quantization without training loses nothing, and training under quantization gains no more"
            + " than longer float training does, for ");
    add(
        findings,
        v -> !v.postTrainingSuffices() && !v.gainsAsFloatDoes(),
        "Training under quantization pays for ");
    add(
        findings,
        v -> v.verification() != null && !v.verification().isExact(),
        "The engines do not agree for ");
    return findings;
  }

  private static double toFloat(SweepVariant v) {
    return v.result(Stage.INTEGER).against().get(Stage.FLOAT).mean();
  }

  private void add(List<String> findings, Predicate<SweepVariant> which, String sentence) {
    String names =
        variants.stream().filter(which).map(SweepVariant::name).collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      findings.add(sentence + names + ".");
    }
  }
}
