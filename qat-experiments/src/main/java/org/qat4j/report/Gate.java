package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Interval;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.AcceptSpec;

/**
 * Whether a run reached what its experiment asks for, condition by condition. A mean decides; its
 * interval is told with it.
 *
 * @param conditions those that were asked for, in the order of the file
 */
public record Gate(List<Condition> conditions) {
  public Gate {
    conditions = List.copyOf(conditions);
  }

  /**
   * One condition.
   *
   * @param key of the section accept
   * @param limit the largest value that is accepted: points, bytes or microseconds
   * @param value what the run reached, in the same unit; null where it has no such figure
   * @param interval of the value, or null
   */
  public record Condition(String key, double limit, Double value, Interval interval) {
    /** Whether the value is not above the limit. */
    @JsonProperty("met")
    public boolean isMet() {
      return value != null && value <= limit;
    }

    /** By how much the value is above the limit; null where it is not, or not known. */
    @JsonProperty
    public Double missedBy() {
      return value == null || isMet() ? null : Double.valueOf(value - limit);
    }

    private String text() {
      if (value == null) {
        return key + ": not known for this run, at most " + figure(limit) + " is accepted";
      }
      String reached =
          key
              + ": "
              + figure(value)
              + (interval == null
                  ? ""
                  : String.format(Locale.ROOT, " [%.2f, %.2f]", interval.lo(), interval.hi())
                      .replace('-', '−'));
      return isMet()
          ? reached + " of at most " + figure(limit)
          : reached + ", " + figure(missedBy()) + " more than " + figure(limit);
    }

    private String figure(double v) {
      return switch (key) {
        case "bytes" -> Formats.bytes(Math.round(v));
        case "microseconds" -> Formats.decimals(v, 1) + " µs";
        default -> Formats.decimals(v, 2).replace('-', '−') + " points";
      };
    }
  }

  /**
   * Judges a run.
   *
   * @return null where nothing is asked for
   */
  static Gate of(AcceptSpec asked, Results results, List<SeedRun> runs) {
    if (asked == null) {
      return null;
    }
    List<Condition> conditions = new ArrayList<>();
    addDrop(conditions, "dropToFloat", asked.dropToFloat(), results, Stage.FLOAT);
    addDrop(conditions, "dropToControl", asked.dropToControl(), results, Stage.CONTROL);
    if (asked.bytes() != null) {
      boolean known = runs.stream().allMatch(run -> run.bytes() != null);
      Double bytes =
          known
              ? Double.valueOf(
                  runs.stream()
                      .mapToDouble(r -> (double) r.bytes().integerWithVocabulary())
                      .max()
                      .orElseThrow())
              : null;
      conditions.add(new Condition("bytes", (double) asked.bytes().bytes(), bytes, null));
    }
    if (asked.microseconds() != null) {
      OptionalDouble mean =
          runs.stream()
              .map(run -> run.microsPerText().get(results.last()))
              .filter(Objects::nonNull)
              .mapToDouble(Double::doubleValue)
              .average();
      Double micros = mean.isPresent() ? Double.valueOf(mean.getAsDouble()) : null;
      conditions.add(new Condition("microseconds", asked.microseconds(), micros, null));
    }
    return new Gate(conditions);
  }

  private static void addDrop(
      List<Condition> conditions, String key, Double limit, Results results, Stage reference) {
    if (limit == null) {
      return;
    }
    Difference d = Worth.against(results, results.last(), reference);
    conditions.add(
        d == null
            ? new Condition(key, limit, null, null)
            : new Condition(
                key,
                limit,
                0 - 100 * d.mean(),
                new Interval(0 - 100 * d.interval().hi(), 0 - 100 * d.interval().lo())));
  }

  /** Whether all conditions are met. */
  @JsonProperty("met")
  public boolean isMet() {
    return conditions.stream().allMatch(Condition::isMet);
  }

  /** Every condition, those that are missed with by how much. */
  public String summary() {
    return (isMet() ? "met; " : "missed; ")
        + conditions.stream().map(Condition::text).collect(Collectors.joining("; "));
  }

  /** Those that are missed, and by how much. */
  public String missed() {
    return conditions.stream()
        .filter(c -> !c.isMet())
        .map(Condition::text)
        .collect(Collectors.joining("; "));
  }
}
