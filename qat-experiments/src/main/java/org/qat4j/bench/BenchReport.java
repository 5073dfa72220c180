package org.qat4j.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured.
 *
 * @param speeds in the order of the table
 * @param starts of each engine in a process of its own
 * @param bytes sizes of the files, by name
 * @param machine facts of the machine, by name
 */
public record BenchReport(
    List<Speed> speeds, List<Start> starts, Map<String, Long> bytes, Map<String, String> machine) {

  /**
   * Time for one text.
   *
   * @param engine what computed
   * @param threads that called at once, each with one thread of the engine; DL4J has one caller and
   *     so many threads of its own
   * @param batch texts in a call
   * @param low 10th percentile over the rounds, µs per text
   * @param median over the rounds, µs per text
   * @param high 90th percentile over the rounds, µs per text
   * @param toOnnx median over the rounds of the ratio to ONNX Runtime int8 in the same round
   * @param toDl4j the same to DL4J's float network; null where there is none
   * @param tableBytes memory for tables of what tokens contribute; 0 where there are none
   */
  public record Speed(
      String engine,
      int threads,
      int batch,
      double low,
      double median,
      double high,
      double toOnnx,
      Double toDl4j,
      long tableBytes) {}

  /**
   * A fresh process that loads the model and answers once.
   *
   * @param engine what computed
   * @param seconds from the start of the process to its end, median
   * @param peakBytes largest resident memory, median; −1 where the system does not say
   */
  public record Start(String engine, double seconds, long peakBytes) {}

  public BenchReport {
    speeds = List.copyOf(speeds);
    starts = List.copyOf(starts);
  }

  /** As a table for people. */
  public String table() {
    StringBuilder out = new StringBuilder();
    machine.forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    out.append(
        String.format(
            "%n%-26s %7s %5s %12s %22s %9s %9s %9s%n",
            "engine",
            "threads",
            "batch",
            "µs per text",
            "10 % to 90 %",
            "to ONNX",
            "to DL4J",
            "tables"));
    for (Speed s : speeds) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-26s %7d %5d %12.2f %22s %9.3f %9s %9s%n",
              s.engine,
              s.threads,
              s.batch,
              s.median,
              String.format(Locale.ROOT, "%.2f to %.2f", s.low, s.high),
              s.toOnnx,
              s.toDl4j == null ? "" : String.format(Locale.ROOT, "%.3f", s.toDl4j),
              s.tableBytes == 0 ? "" : megabytes(s.tableBytes)));
    }
    out.append(String.format("%n%-26s %10s %12s%n", "fresh process", "seconds", "peak memory"));
    for (Start s : starts) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-26s %10.3f %12s%n",
              s.engine,
              s.seconds,
              s.peakBytes < 0 ? "" : megabytes(s.peakBytes)));
    }
    out.append(String.format("%n"));
    bytes.forEach(
        (name, size) -> out.append(String.format(Locale.ROOT, "%-26s %,d bytes%n", name, size)));
    return out.toString();
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
