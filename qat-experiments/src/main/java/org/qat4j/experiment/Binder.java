package org.qat4j.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.qat4j.QatException;
import org.qat4j.experiment.Yaml.Kind;
import org.qat4j.experiment.Yaml.Mapping;
import org.qat4j.experiment.Yaml.Scalar;
import org.qat4j.experiment.Yaml.Sequence;

/**
 * Makes records of mappings, with defaults from the annotations of their components. Goes on after
 * a problem to find the others; null stands for what could not be made.
 */
final class Binder {
  private static final String KIND = "kind";

  /** Unknown keys of a mapping that are told what was meant; more are many of one mistake. */
  private static final int EXPLAINED = 100;

  private final UnaryOperator<String> environment;
  private final List<Problem> problems;
  private final Map<String, Position> positions = new LinkedHashMap<>();

  Binder(UnaryOperator<String> environment, List<Problem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** Places of all values that were given, by their paths. */
  Map<String, Position> positions() {
    return positions;
  }

  /**
   * The record that a mapping describes.
   *
   * @param path of the section, empty for the whole experiment
   */
  Object section(Mapping mapping, Class<?> type, String path) {
    if (path.isEmpty()) {
      place(path, mapping);
    }
    return type.isSealed() ? choice(mapping, type, path) : record(mapping, type, path, null);
  }

  private Object choice(Mapping mapping, Class<?> type, String path) {
    Yaml kind = mapping.get(KIND);
    if (kind == null) {
      String expected = Section.or(Section.kinds(type).keySet());
      boolean set = mapping.at().source().startsWith("--set");
      report(
          mapping.at(),
          join(path, KIND)
              + " is missing; expected "
              + expected
              + (set
                  ? ". The file has no section "
                      + path
                      + " whose key could be changed: write one, or add --set "
                      + join(path, KIND)
                      + "=KIND"
                  : ""));
      return null;
    }
    return choice(kind, mapping.without(KIND), type, path, join(path, KIND));
  }

  /**
   * @param kindPath where the kind stands: a choice without keys may be its kind alone
   */
  private Object choice(Yaml kind, Mapping keys, Class<?> type, String path, String kindPath) {
    Map<String, Class<?>> kinds = Section.kinds(type);
    if (kind instanceof Scalar scalar && kinds.containsKey(scalar.text())) {
      place(kindPath, kind);
      return record(keys, kinds.get(scalar.text()), path, scalar.text());
    }
    String near =
        kind instanceof Scalar scalar ? Nearest.question(scalar.text(), kinds.keySet()) : "";
    wrong(kind, kindPath, Section.or(kinds.keySet()) + near);
    return null;
  }

  /**
   * @param kind of a choice, or null
   */
  private Object record(Mapping mapping, Class<?> type, String path, String kind) {
    Section section = Section.of(type);
    int before = problems.size();
    mapping
        .entries()
        .forEach(
            (name, entry) -> {
              if (section.key(name).isEmpty()) {
                boolean many = problems.size() - before >= EXPLAINED;
                report(
                    entry.at(), many ? "unknown key " + name : unknown(name, section, path, kind));
              }
            });
    Object[] values =
        section.keys().stream().map(key -> value(mapping, key, join(path, key.name()))).toArray();
    if (problems.size() > before) {
      return null;
    }
    try {
      return section.create(values);
    } catch (InvalidKeyException e) {
      Yaml culprit = mapping.get(e.key());
      report(culprit == null ? mapping.at() : culprit.at(), join(path, e.getMessage()));
    } catch (QatException e) {
      report(mapping.at(), (path.isEmpty() ? "" : path + ": ") + e.getMessage());
    }
    return null;
  }

  private static String unknown(String name, Section section, String path, String kind) {
    List<String> known = new ArrayList<>();
    if (kind != null) {
      known.add(KIND);
    }
    section.keys().forEach(key -> known.add(key.name()));
    List<String> elsewhere = Section.pathsOf(name);
    boolean ofAnotherKind = elsewhere.contains(join(path, name));
    List<String> meant =
        Nearest.find(name, known).map(List::of).orElse(ofAnotherKind ? List.of() : elsewhere);
    return "unknown key "
        + name
        + (path.isEmpty() ? "" : " in " + path)
        + (kind == null ? "" : " of kind " + kind)
        + (meant.isEmpty() ? "" : "; did you mean " + Section.or(meant) + "?")
        + (meant.isEmpty() ? "; known are " : " Known are ")
        + String.join(", ", known);
  }

  private Object value(Mapping mapping, Key key, String path) {
    Yaml yaml = mapping.get(key.name());
    if (yaml != null) {
      place(path, yaml);
      return value(yaml, key, path);
    }
    if (key.required()) {
      report(mapping.at(), "the key " + path + " is missing: " + key.description());
    }
    return key.defaultYaml() == null ? null : defaultValue(mapping, key, path);
  }

  private Object defaultValue(Mapping mapping, Key key, String path) {
    Yaml yaml = new YamlParser(Position.DEFAULT.source(), false, problems).parse(key.defaultYaml());
    return yaml instanceof Mapping
        ? section(Mapping.empty(mapping.at()), key.elementType(), path)
        : value(yaml, key, path);
  }

  private Object value(Yaml yaml, Key key, String path) {
    if (!key.isList()) {
      return element(yaml, key, path);
    }
    if (!(yaml instanceof Sequence sequence)) {
      return wrong(yaml, path, "a list");
    }
    List<Object> elements = new ArrayList<>();
    for (Yaml item : sequence.items()) {
      String itemPath = path + "[" + elements.size() + "]";
      place(itemPath, item);
      elements.add(element(item, key, itemPath));
    }
    return elements.contains(null) ? null : elements;
  }

  private Object element(Yaml yaml, Key key, String path) {
    Class<?> type = key.elementType();
    if (type.isSealed() && yaml instanceof Scalar kind && kind.kind() == Kind.TEXT) {
      return choice(kind, Mapping.empty(kind.at()), type, path, path);
    }
    if (Section.isSection(type)) {
      return yaml instanceof Mapping mapping
          ? section(mapping, type, path)
          : wrong(yaml, path, key.expected());
    }
    if (!(yaml instanceof Scalar scalar)) {
      return wrong(yaml, path, key.expected());
    }
    try {
      Object value = ScalarValues.read(scalar, key);
      return key.path() ? PathVariables.expand((String) value, environment) : value;
    } catch (QatException e) {
      report(yaml.at(), path + " " + e.getMessage());
      return null;
    }
  }

  private Object wrong(Yaml yaml, String path, String expected) {
    report(yaml.at(), path + " is " + yaml.describe() + "; expected " + expected);
    return null;
  }

  private void place(String path, Yaml yaml) {
    if (!yaml.at().equals(Position.DEFAULT)) {
      positions.put(path, yaml.at());
    }
  }

  private void report(Position at, String message) {
    problems.add(new Problem(at, message));
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
