package org.qat4j.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.qat4j.experiment.Yaml.Entry;
import org.qat4j.experiment.Yaml.Kind;
import org.qat4j.experiment.Yaml.Mapping;
import org.qat4j.experiment.Yaml.Scalar;

/**
 * Lays what a search has chosen over an experiment. A setting is named {@code weights.clip} where
 * it is for all layers, {@code weights.clip@conv} where it is for one, {@code weights.clip~conv.*}
 * where it is for those that match a regular expression; the former are laid first.
 */
public final class TunedSettings {
  private static final String LAYER = "@";
  private static final String GROUP = "~";
  private static final Position AT = Position.of("tuned setting");

  private TunedSettings() {}

  /** Name of a setting of one layer. */
  public static String ofLayer(String key, String layer) {
    return key + LAYER + layer;
  }

  /** Name of a setting of the layers that match a regular expression. */
  public static String ofGroup(String key, String regex) {
    return key + GROUP + regex;
  }

  /**
   * An experiment with settings laid over it.
   *
   * @param settings values by name: a Double, an Integer or a String each
   * @throws ExperimentException if a value does not fit its key or the others
   */
  public static Experiment apply(Experiment base, Map<String, Object> settings) {
    List<Problem> problems = new ArrayList<>();
    Map<String, Mapping> bySelector = new TreeMap<>();
    settings.forEach(
        (name, value) -> {
          int end = end(name);
          Mapping nested = nested(name.substring(0, end), scalar(value, problems));
          bySelector.merge(name.substring(end), nested, Mapping::overlaidBy);
        });
    Mapping forAll = bySelector.getOrDefault("", Mapping.empty(AT));
    QuantizeSpec q = base.quantize();
    List<LayerOverride> overrides = new ArrayList<>(q.overrides());
    add(overrides, "pattern", ".*", forAll.without(TuneSpec.Dimension.QAT), problems);
    bySelector.forEach(
        (selector, change) -> {
          if (selector.startsWith(GROUP)) {
            add(overrides, "pattern", selector.substring(1), change, problems);
          }
        });
    bySelector.forEach(
        (selector, change) -> {
          if (selector.startsWith(LAYER)) {
            add(overrides, "layer", selector.substring(1), change, problems);
          }
        });
    QuantizeSpec.Qat qat = qat(base, forAll, problems);
    ExperimentException.stopAt(problems);
    return base.withQuantize(
        new QuantizeSpec(
            q.weights(),
            q.activations(),
            q.residual(),
            overrides,
            q.unsupported(),
            q.calibrationBatches(),
            q.postTraining(),
            qat));
  }

  private static int end(String name) {
    int layer = name.indexOf(LAYER);
    int group = name.indexOf(GROUP);
    return layer < 0 && group < 0
        ? name.length()
        : Math.min(layer < 0 ? name.length() : layer, group < 0 ? name.length() : group);
  }

  private static Yaml scalar(Object value, List<Problem> problems) {
    String text = String.valueOf(value);
    if (value instanceof Double) {
      return new Scalar(text, Kind.NUMBER, AT);
    }
    return new YamlParser(AT.source(), false, problems).parse(text);
  }

  private static Mapping nested(String path, Yaml value) {
    Yaml nested = value;
    List<String> keys = List.of(path.split("\\.", -1));
    for (int i = keys.size() - 1; i >= 0; i--) {
      nested = new Mapping(Map.of(keys.get(i), new Entry(AT, nested)), AT);
    }
    return (Mapping) nested;
  }

  private static void add(
      List<LayerOverride> overrides,
      String selector,
      String which,
      Mapping change,
      List<Problem> problems) {
    if (change.entries().isEmpty()) {
      return;
    }
    Map<String, Entry> keys = new LinkedHashMap<>();
    keys.put(selector, new Entry(AT, new Scalar(which, Kind.TEXT, AT)));
    keys.putAll(change.entries());
    Object made =
        new Binder(name -> null, problems)
            .section(new Mapping(keys, AT), LayerOverride.class, "quantize.overrides");
    overrides.add((LayerOverride) made);
  }

  private static QuantizeSpec.Qat qat(Experiment base, Mapping forAll, List<Problem> problems) {
    if (!(forAll.get(TuneSpec.Dimension.QAT) instanceof Mapping change)) {
      return base.quantize().qat();
    }
    Mapping all =
        (Mapping) new YamlParser(AT.source(), false, problems).parse(ExperimentWriter.toYaml(base));
    Mapping now = (Mapping) ((Mapping) all.get("quantize")).get(TuneSpec.Dimension.QAT);
    return (QuantizeSpec.Qat)
        new Binder(name -> null, problems)
            .section(now.overlaidBy(change), QuantizeSpec.Qat.class, "quantize.qat");
  }
}
