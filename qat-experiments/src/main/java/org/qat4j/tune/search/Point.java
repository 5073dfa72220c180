package org.qat4j.tune.search;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One candidate: what differs from the untuned setting. A dimension that is not in it is as it was.
 *
 * @param values of dimensions, by name: a Double, an Integer or a String each
 */
public record Point(SortedMap<String, Object> values) implements Serializable {
  /** The untuned setting. */
  public static final Point UNTUNED = new Point(new TreeMap<>());

  public Point {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Value of a dimension, or null where it is as it was. */
  public Object get(String dimension) {
    return values.get(dimension);
  }

  /** The same with another value of a dimension; null takes it back. */
  public Point with(String dimension, Object value) {
    TreeMap<String, Object> changed = new TreeMap<>(values);
    if (value == null) {
      changed.remove(dimension);
    } else {
      changed.put(dimension, value);
    }
    return new Point(changed);
  }

  /** The same with all that another point changes. */
  public Point with(Point other) {
    TreeMap<String, Object> changed = new TreeMap<>(values);
    changed.putAll(other.values);
    return new Point(changed);
  }

  @Override
  public String toString() {
    return values.isEmpty()
        ? "untuned"
        : values.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(", "));
  }
}
