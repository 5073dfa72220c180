package org.qat4j.data;

import java.io.Serializable;
import java.util.List;

/**
 * Malformed rows that were left out of a data set.
 *
 * @param rows how many
 * @param first file, line and reason of the first few
 */
public record Skipped(int rows, List<String> first) implements Serializable {
  /** Nothing was left out. */
  public static final Skipped NONE = new Skipped(0, List.of());

  public Skipped {
    first = List.copyOf(first);
  }
}
