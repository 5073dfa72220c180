package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;

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
    JsonClassDescription about = section.type().getAnnotation(JsonClassDescription.class);
    if (about != null) {
      paragraph(about.value());
    }
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
    Overrides overrides = type.getAnnotation(Overrides.class);
    if (type.isSealed()) {
      Section.kinds(type)
          .forEach(
              (kind, record) ->
                  section(
                      code(path) + ", kind " + code(kind), path + ".", Section.of(record), kind));
    } else if (overrides == null) {
      section(code(path), path + ".", Section.of(type), null);
    }
  }

  private static String value(Key key) {
    Class<?> type = key.elementType();
    Overrides overrides = type.getAnnotation(Overrides.class);
    String value;
    if (overrides != null) {
      value = "some keys of " + code("quantize." + key.name());
    } else if (type.isSealed()) {
      value = "section by its kind, below";
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
    return Section.isSection(key.elementType()) && !key.isList()
        ? "its defaults"
        : code(key.defaultYaml());
  }

  private void row(String key, String value, String defaultValue, String meaning) {
    String line = String.join(" | ", code(key), value, defaultValue, meaning);
    text.append("| ").append(line).append(" |\n");
  }

  private void heading(String title) {
    text.append("### ").append(title).append("\n\n");
  }

  private void paragraph(String words) {
    text.append(words).append("\n\n");
  }

  private static String code(String words) {
    return "`" + words + "`";
  }
}
