package org.qat4j.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What training steps cost.
 *
 * @param spec what was measured
 * @param rows in the order of the table
 * @param machine facts of the machine, by name
 */
public record TrainingReport(TrainingSpec spec, List<Row> rows, Map<String, String> machine) {

  /**
   * The steps of one network.
   *
   * @param length words per text, numbers of a vector, or rows of an image
   * @param network what was trained
   * @param millis of a step
   * @param toFloat ratio to the step of the fastest float network in the same round
   * @param garbage bytes of Java objects that a step makes, median
   * @param peakBytes largest resident memory of a process that does nothing else; −1 where the
   *     system does not say
   */
  public record Row(
      int length, String network, Spread millis, Spread toFloat, long garbage, long peakBytes) {}

  /**
   * Rounds summarized.
   *
   * @param low 10th percentile
   * @param median 50th percentile
   * @param high 90th percentile
   */
  public record Spread(double low, double median, double high) {
    static Spread of(double[] values) {
      return new Spread(
          Bench.quantile(values, 0.1), Bench.quantile(values, 0.5), Bench.quantile(values, 0.9));
    }

    private String text(String format) {
      return String.format(
          Locale.ROOT, format + " (" + format + " to " + format + ")", median, low, high);
    }
  }

  public TrainingReport {
    rows = List.copyOf(rows);
  }

  /** As a table for people. */
  public String table() {
    StringBuilder out = new StringBuilder();
    machine.forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    out.append(
        String.format(
            Locale.ROOT,
            "%n%s, batch %d, vocabulary %d, %d rounds; median (10 %% to 90 %%)%n%n%6s  %-22s %-24s %-24s"
                + " %12s %12s%n",
            spec.body(),
            spec.batch(),
            spec.vocabulary(),
            spec.rounds(),
            "length",
            "network",
            "ms per step",
            "to float",
            "garbage",
            "peak memory"));
    for (Row r : rows) {
      out.append(
          String.format(
              Locale.ROOT,
              "%6d  %-22s %-24s %-24s %9d kB %12s%n",
              r.length,
              r.network,
              r.millis.text("%.2f"),
              r.toFloat.text("%.3f"),
              r.garbage / 1000,
              r.peakBytes < 0 ? "" : String.format(Locale.ROOT, "%.0f MB", r.peakBytes / 1e6)));
    }
    return out.toString();
  }
}
