package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.qat4j.QatException;

/**
 * Says what a key of an experiment means, what it may be, what it is where it is absent, and where
 * it stands: from the same annotations as the reader, the schema and the reference go by.
 */
public final class KeyIndex {
  private static final String INDENT = "  ";

  /**
   * One key in one place.
   *
   * @param path with dots
   * @param kind of the section that it belongs to, or null
   */
  private record Entry(String path, String kind, Key key) {}

  /** A kind of a section, such as word-cnn of model. */
  private record Kind(String path, String name, Class<?> type) {
    /** Whether it is asked for by its name, or by its path and name. */
    boolean is(String wanted) {
      return wanted.equals(name) || wanted.equals(path + "." + name);
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final List<Kind> kinds = new ArrayList<>();

  private KeyIndex() {
    collect("", null, Experiment.class);
  }

  private void collect(String prefix, String kind, Class<?> type) {
    for (Key key : Section.of(type).keys()) {
      String path = prefix + key.name();
      entries.add(new Entry(path, kind, key));
      Class<?> below = key.elementType();
      if (below.isSealed()) {
        Section.kinds(below)
            .forEach(
                (name, record) -> {
                  kinds.add(new Kind(path, name, record));
                  collect(path + ".", name, record);
                });
      } else if (Section.isSection(below) && !below.isAnnotationPresent(Overrides.class)) {
        collect(path + ".", kind, below);
      }
    }
  }

  /** The keys of the first level, each with a line about it. */
  public static String overview() {
    StringBuilder text = new StringBuilder();
    keys(text, "", Section.of(Experiment.class));
    return text.toString();
  }

  /**
   * Explains a key or a kind.
   *
   * @param name a path such as {@code quantize.weights.bits}, its end, or a kind such as {@code
   *     word-cnn}
   * @throws QatException if there is none of this name; the message names the nearest
   */
  public static String explain(String name) {
    KeyIndex index = new KeyIndex();
    String wanted = name.strip().replaceAll("\\[\\d*]", "");
    List<Entry> found = index.find(entry -> entry.path.equals(wanted));
    if (found.isEmpty()) {
      found = index.find(entry -> entry.path.endsWith("." + wanted));
    }
    List<Kind> foundKinds =
        index.kinds.stream().filter(kind -> kind.is(wanted)).distinct().toList();
    if (found.isEmpty() && foundKinds.isEmpty()) {
      throw new QatException(index.unknown(name));
    }
    List<String> texts = new ArrayList<>();
    bySense(found).forEach((text, places) -> texts.add(places(places) + text));
    foundKinds.forEach(kind -> texts.add(text(kind)));
    return String.join("\n", texts);
  }

  private List<Entry> find(Predicate<Entry> wanted) {
    return entries.stream().filter(wanted).toList();
  }

  private String unknown(String name) {
    Set<String> names = new LinkedHashSet<>();
    entries.forEach(entry -> names.add(entry.key.name()));
    kinds.forEach(kind -> names.add(kind.name));
    entries.forEach(entry -> names.add(entry.path));
    return "no experiment has a key or kind \""
        + name
        + "\""
        + Nearest.question(name, names)
        + (Nearest.find(name, names).isPresent() ? "" : ";")
        + " ./qat explain alone lists the keys of the first level";
  }

  /** Kinds by place by what is said of the key there, in the order of the file. */
  private static Map<String, Map<String, Set<String>>> bySense(List<Entry> found) {
    Map<String, Map<String, Set<String>>> senses = new LinkedHashMap<>();
    for (Entry entry : found) {
      Set<String> kinds =
          senses
              .computeIfAbsent(text(entry.key), text -> new LinkedHashMap<>())
              .computeIfAbsent(entry.path, path -> new LinkedHashSet<>());
      if (entry.kind != null) {
        kinds.add(entry.kind);
      }
    }
    return senses;
  }

  private static String places(Map<String, Set<String>> kindsByPath) {
    StringBuilder text = new StringBuilder();
    kindsByPath.forEach(
        (path, kinds) ->
            text.append(path)
                .append(kinds.isEmpty() ? "" : ", of kind " + Section.or(kinds))
                .append('\n'));
    return text.toString();
  }

  private static String text(Key key) {
    StringBuilder text = new StringBuilder();
    line(text, key.description());
    line(text, "value    " + (key.isList() ? "a list; each: " : "") + key.expected());
    line(text, "default  " + defaultText(key));
    Class<?> type = key.elementType();
    if (type.isAnnotationPresent(Overrides.class)) {
      Overrides overrides = type.getAnnotation(Overrides.class);
      line(
          text,
          "keys     some of those of " + Section.of(overrides.value()).type().getSimpleName());
    } else if (type.isSealed()) {
      Section.kinds(type).forEach((name, record) -> line(text, "  " + name + ": " + about(record)));
    } else if (Section.isSection(type)) {
      keys(text, INDENT, Section.of(type));
    }
    return text.toString();
  }

  private static String defaultText(Key key) {
    if (key.required()) {
      return "none: the key must be given";
    }
    if (key.defaultYaml() == null) {
      return "none: nothing where the key is absent";
    }
    return key.defaultYaml().equals("{}") ? "the defaults of its keys" : key.defaultYaml();
  }

  private static String text(Kind kind) {
    StringBuilder text = new StringBuilder(kind.path + ", kind " + kind.name + "\n");
    line(text, about(kind.type));
    keys(text, INDENT, Section.of(kind.type));
    return text.toString();
  }

  private static String about(Class<?> kind) {
    return kind.getAnnotation(JsonClassDescription.class).value();
  }

  private static void keys(StringBuilder text, String indent, Section section) {
    for (Key key : section.keys()) {
      text.append(indent).append(key.name()).append(": ").append(key.description()).append('\n');
    }
  }

  private static void line(StringBuilder text, String line) {
    text.append(INDENT).append(line).append('\n');
  }
}
