package org.qat4j.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a YAML file with the place where it stands. */
sealed interface Yaml {
  /** Where the value begins. */
  Position at();

  /** The value in a message: {@code "text"}, {@code 5}, {@code a list}. */
  String describe();

  /** What a scalar is by the core schema of YAML 1.2, which is that of JSON. */
  enum Kind {
    TEXT,
    INTEGER,
    NUMBER,
    BOOLEAN,
    NOTHING
  }

  /** One value as it is written. */
  record Scalar(String text, Kind kind, Position at) implements Yaml {
    private static final int SHOWN = 60;

    @Override
    public String describe() {
      String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
      return switch (kind) {
        case NOTHING -> "empty";
        case TEXT -> "\"" + shown + "\"";
        case INTEGER, NUMBER, BOOLEAN -> shown;
      };
    }
  }

  /** A list. */
  record Sequence(List<Yaml> items, Position at) implements Yaml {
    @Override
    public String describe() {
      return "a list";
    }
  }

  /** Keys with values, in the order of the file. */
  record Mapping(Map<String, Entry> entries, Position at) implements Yaml {
    static Mapping empty(Position at) {
      return new Mapping(Map.of(), at);
    }

    @Override
    public String describe() {
      return "a mapping";
    }

    /** Value of a key, or null. */
    Yaml get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value;
    }

    /** The same without a key. */
    Mapping without(String key) {
      Map<String, Entry> rest = new LinkedHashMap<>(entries);
      rest.remove(key);
      return new Mapping(rest, at);
    }

    /**
     * This mapping with another laid over it: mappings merge, everything else replaces. A mapping
     * of another {@code kind} replaces too, as its keys mean other things.
     */
    Mapping overlaidBy(Mapping over) {
      if (get("kind") instanceof Scalar mine
          && over.get("kind") instanceof Scalar other
          && !mine.text.equals(other.text)) {
        return over;
      }
      Map<String, Entry> merged = new LinkedHashMap<>(entries);
      over.entries.forEach(
          (key, entry) ->
              merged.merge(
                  key,
                  entry,
                  (lower, upper) ->
                      lower.value instanceof Mapping a && upper.value instanceof Mapping b
                          ? new Entry(upper.at, a.overlaidBy(b))
                          : upper));
      return new Mapping(merged, at);
    }
  }

  /**
   * A key's value.
   *
   * @param at where the key stands
   */
  record Entry(Position at, Yaml value) {}
}
