package org.qat4j.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of the experiments that a file with the key {@code sweep} describes.
 *
 * @param name of the variant, for example "W4A8-lsq"
 * @param resolved the whole experiment, whose name ends with that of the variant
 */
public record Variant(String name, ResolvedExperiment resolved) {
  /** The experiment. */
  public Experiment experiment() {
    return resolved.experiment();
  }

  /**
   * In what the variants differ: for each, its values of the keys that are not the same in all.
   *
   * @return path of a key to its value as YAML, in the order of the variants
   */
  public static List<Map<String, String>> differences(List<Variant> variants) {
    List<Map<String, String>> all = new ArrayList<>();
    for (Variant variant : variants) {
      Map<String, String> values = ExperimentWriter.values(variant.experiment());
      values.remove("name");
      all.add(values);
    }
    List<Map<String, String>> different = new ArrayList<>();
    for (Map<String, String> values : all) {
      Map<String, String> own = new LinkedHashMap<>(values);
      own.entrySet()
          .removeIf(e -> all.stream().allMatch(v -> e.getValue().equals(v.get(e.getKey()))));
      different.add(own);
    }
    return different;
  }
}
