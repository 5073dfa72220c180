package org.qat4j.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;

/**
 * One variant of a sweep over all its seeds.
 *
 * @param name of the variant
 * @param settings the keys in which the variants differ, with the values of this one
 * @param runs one per seed
 * @param results what its stages reach
 */
public record SweepVariant(
    String name, Map<String, String> settings, List<SeedRun> runs, Results results) {
  public SweepVariant {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    runs = List.copyOf(runs);
  }

  static SweepVariant of(String name, Map<String, String> settings, List<SeedRun> runs) {
    Results results = Results.of(runs.stream().map(SeedRun::predictions).toList());
    return new SweepVariant(name, settings, runs, results);
  }

  public StageResult result(Stage stage) {
    return results.stages().get(stage);
  }

  /** Size of the integer model without text encoders and labels, mean over seeds. */
  public long bytes() {
    return Math.round(runs.stream().mapToLong(r -> r.bytes().integer()).average().orElseThrow());
  }

  public Verification verification() {
    return runs.stream()
        .map(SeedRun::verification)
        .filter(Objects::nonNull)
        .reduce(Verification::plus)
        .orElse(null);
  }

  Knee.Point point() {
    // Whatever the metric, more is better here.
    return new Knee.Point(bytes(), results.metric().gain(result(Stage.INTEGER).score(), 0));
  }

  /** What training under quantization begins with: what a search found, or what calibration did. */
  public Stage untrained() {
    return results.untrained();
  }

  /** What training under quantization was worth. */
  Worth worth() {
    return Worth.of(results);
  }

  /** Whether quantization without training would have been enough, or better. */
  boolean postTrainingSuffices() {
    Worth worth = worth();
    return worth == Worth.POST_TRAINING_SUFFICES
        || worth == Worth.POST_TRAINING_BETTER
        || worth == Worth.UNTOLD;
  }

  /** Whether training under quantization gained no more than training in float does. */
  boolean gainsAsFloatDoes() {
    return worth() == Worth.FLOAT_GAINS_AS_MUCH;
  }
}
