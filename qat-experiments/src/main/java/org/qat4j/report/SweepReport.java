package org.qat4j.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Baselines and the network in float, which the variants share, in order. */
  public List<Stage> references() {
    return variants.get(0).results().stages().keySet().stream()
        .filter(stage -> stage.compareTo(Stage.CONTROL) <= 0)
        .toList();
  }

  /** What the reader should know. */
  public List<Finding> findings() {
    return SweepFindings.of(this);
  }
}
