package org.qat4j.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.experiment.Yaml.Entry;
import org.qat4j.experiment.Yaml.Kind;
import org.qat4j.experiment.Yaml.Mapping;
import org.qat4j.experiment.Yaml.Scalar;
import org.qat4j.experiment.Yaml.Sequence;

/**
 * Reads the key {@code sweep}: a mapping of names to keys of the experiment that are different, or
 * a list of such mappings, of which every combination is a variant.
 */
final class Variants {
  static final String SWEEP = "sweep";
  private static final int MOST = 1000;
  private static final int MOST_AXES = 20;

  private final List<Problem> problems;

  Variants(List<Problem> problems) {
    this.problems = problems;
  }

  /** What each variant lays over the rest of the file, by its name; empty without a sweep. */
  Map<String, Mapping> of(Mapping file) {
    Yaml sweep = file.get(SWEEP);
    if (sweep == null) {
      return Map.of();
    }
    List<Yaml> axes = sweep instanceof Sequence list ? list.items() : List.of(sweep);
    if (axes.size() > MOST_AXES || count(axes) > MOST) {
      report(
          sweep,
          "this sweep has "
              + (axes.size() > MOST_AXES
                  ? axes.size() + " lists"
                  : Key.plain(count(axes)) + " variants")
              + "; expected at most "
              + MOST
              + " variants, of at most "
              + MOST_AXES
              + " lists");
      return Map.of();
    }
    Map<String, Mapping> variants = new LinkedHashMap<>();
    variants.put("", Mapping.empty(sweep.at()));
    for (Yaml axis : axes) {
      variants = times(variants, axis);
    }
    if (problems.isEmpty() && (variants.isEmpty() || variants.containsKey(""))) {
      report(sweep, "a sweep has 1 to " + MOST + " variants; this one has none");
    }
    return variants;
  }

  /** Variants before any is made. */
  private static double count(List<Yaml> axes) {
    double count = 1;
    for (Yaml axis : axes) {
      count *= axis instanceof Mapping names ? names.entries().size() : 1;
    }
    return count;
  }

  private Map<String, Mapping> times(Map<String, Mapping> before, Yaml axis) {
    Map<String, Mapping> product = new LinkedHashMap<>();
    if (!(axis instanceof Mapping names)) {
      report(
          axis,
          "sweep is "
              + axis.describe()
              + "; expected names of variants with what they change, or a list of such mappings");
      return product;
    }
    for (Map.Entry<String, Mapping> b : before.entrySet()) {
      for (Map.Entry<String, Entry> choice : names.entries().entrySet()) {
        Yaml changes = choice.getValue().value();
        if (!(changes instanceof Mapping mapping)) {
          report(
              changes,
              "sweep." + choice.getKey() + " is " + changes.describe() + "; expected keys, or {}");
          continue;
        }
        String name = b.getKey().isEmpty() ? choice.getKey() : b.getKey() + "-" + choice.getKey();
        if (product.put(name, b.getValue().overlaidBy(mapping)) != null) {
          report(changes, "the variant " + name + " is there twice; choose other names");
        }
      }
    }
    return product;
  }

  /** The experiment with its name followed by that of the variant. */
  static Mapping named(Mapping experiment, String variant) {
    if (!(experiment.get("name") instanceof Scalar name) || name.kind() != Kind.TEXT) {
      return experiment;
    }
    Scalar longer = new Scalar(name.text() + "-" + variant, Kind.TEXT, name.at());
    return experiment.overlaidBy(
        new Mapping(Map.of("name", new Entry(name.at(), longer)), name.at()));
  }

  private void report(Yaml at, String message) {
    Problem problem = new Problem(at.at(), message);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }
}
