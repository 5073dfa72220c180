package org.qat4j.diagnostics;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import org.qat4j.QatException;

/**
 * How values are distributed, and which range was chosen for them.
 *
 * @param layer whose values they are
 * @param what weights or output
 * @param min smallest value
 * @param max largest value
 * @param counts values in equal parts of [min, max]
 * @param rangeLo smallest value that a code stands for
 * @param rangeHi largest value that a code stands for
 */
public record ValueDistribution(
    String layer,
    What what,
    float min,
    float max,
    List<Long> counts,
    float rangeLo,
    float rangeHi) {
  /** Number of parts that {@link #of} makes. */
  public static final int BINS = 64;

  /** Whose values. */
  public enum What {
    @JsonProperty("weights")
    WEIGHTS,
    @JsonProperty("output")
    OUTPUT
  }

  public ValueDistribution {
    counts = List.copyOf(counts);
    if (!(min <= max) || !(rangeLo <= rangeHi) || counts.isEmpty()) {
      throw new QatException(
          "layer \""
              + layer
              + "\": no distribution over ["
              + min
              + ", "
              + max
              + "] with the range ["
              + rangeLo
              + ", "
              + rangeHi
              + "]");
    }
  }

  /**
   * Counts finite values.
   *
   * @param values one or more
   */
  public static ValueDistribution of(
      String layer, What what, float[] values, float rangeLo, float rangeHi) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float v : values) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    long[] counts = new long[BINS];
    double width = ((double) max - min) / BINS;
    for (float v : values) {
      int bin = width == 0 ? 0 : (int) ((v - (double) min) / width);
      counts[Math.min(BINS - 1, bin)]++;
    }
    List<Long> list = new ArrayList<>();
    for (long c : counts) {
      list.add(c);
    }
    return new ValueDistribution(layer, what, min, max, list, rangeLo, rangeHi);
  }
}
