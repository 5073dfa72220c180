package org.qat4j.tune.search;

import java.util.Set;
import org.qat4j.QatException;

/**
 * One thing that may be chosen.
 *
 * @param name unique in its space
 * @param values it may have
 * @param when it has a meaning only then; null for always
 */
public record Dimension(String name, Distribution values, Condition when) {

  /**
   * A condition on another dimension, which stands before in the space.
   *
   * @param dimension its name
   * @param values one of which it must have, as text; as it was does not count
   */
  public record Condition(String dimension, Set<String> values) {
    public Condition {
      values = Set.copyOf(values);
      if (values.isEmpty()) {
        throw new QatException("the condition on \"" + dimension + "\" allows no value");
      }
    }
  }

  /** A dimension that always has a meaning. */
  public Dimension(String name, Distribution values) {
    this(name, values, null);
  }

  /** Whether it has a meaning at a point. */
  boolean isActive(Point point) {
    return when == null
        || (point.get(when.dimension) != null
            && when.values.contains(String.valueOf(point.get(when.dimension))));
  }
}
