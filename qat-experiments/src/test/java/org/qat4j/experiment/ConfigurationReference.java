package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import java.util.Map;

/** Makes the reference of all keys from the records, in Markdown. */
final class ConfigurationReference {
  private final StringBuilder text = new StringBuilder();

  private ConfigurationReference() {}

  static String generate() {
    ConfigurationReference reference = new ConfigurationReference();
    reference.section("The experiment", "", Section.of(Experiment.class), null);
    return reference.text.toString();
  }

  /**
   * @param path of its keys, empty or ending with a dot
   * @param kind of a choice, or null
   */
  private void section(String title, String path, Section section, String kind) {
    heading(title);
    text.append("| key | value | default | meaning |\n|---|---|---|---|\n");
    if (kind != null) {
      row("kind", code(kind), "required", "");
    }
    for (Key key : section.keys()) {
      row(key.name(), value(key), defaultValue(key), key.description());
    }
    text.append('\n');
    for (Key key : section.keys()) {
      if (Section.isSection(key.elementType())) {
        below(key, path + key.name() + (key.isList() ? "[]" : ""));
      }
    }
  }

  private void below(Key key, String path) {
    Class<?> type = key.elementType();
    if (type.isSealed()) {
      choice(path, Section.kinds(type));
    } else if (!type.isAnnotationPresent(Overrides.class)) {
      section(code(path), path + ".", Section.of(type), null);
    }
  }

  private void choice(String path, Map<String, Class<?>> kinds) {
    heading(code(path));
    text.append("| kind | meaning |\n|---|---|\n");
    kinds.forEach(
        (kind, record) ->
            text.append("| ")
                .append(code(kind))
                .append(" | ")
                .append(about(record))
                .append(" |\n"));
    text.append('\n');
    kinds.forEach(
        (kind, record) -> {
          Section section = Section.of(record);
          if (!section.keys().isEmpty()) {
            section(code(path) + " of kind " + code(kind), path + ".", section, kind);
          }
        });
  }

  private static String about(Class<?> type) {
    return type.getAnnotation(JsonClassDescription.class).value();
  }

  private static String value(Key key) {
    Class<?> type = key.elementType();
    Overrides overrides = type.getAnnotation(Overrides.class);
    String value;
    if (overrides != null) {
      value = "some keys of " + code("quantize." + key.name());
    } else if (type.isSealed()) {
      value = "a kind: " + key.expected();
    } else if (Section.isSection(type)) {
      value = "section, below";
    } else {
      value = key.expected();
    }
    return key.isList() ? "list; each: " + value : value;
  }

  private static String defaultValue(Key key) {
    if (key.required()) {
      return "required";
    }
    if (key.defaultYaml() == null) {
      return "none";
    }
    return key.defaultYaml().equals("{}") ? "its defaults" : code(key.defaultYaml());
  }

  private void row(String key, String value, String defaultValue, String meaning) {
    String line = String.join(" | ", code(key), value, defaultValue, meaning);
    text.append("| ").append(line).append(" |\n");
  }

  private void heading(String title) {
    text.append("### ").append(title).append("\n\n");
  }

  private static String code(String words) {
    return "`" + words + "`";
  }
}
