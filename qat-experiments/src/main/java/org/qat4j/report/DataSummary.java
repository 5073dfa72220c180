package org.qat4j.report;

import java.util.List;

/**
 * What was learned from.
 *
 * @param train number of rows
 * @param validation number of rows
 * @param test number of rows
 * @param labels names of the classes; none where texts are translated
 * @param sha256 of all rows in order, hexadecimal
 * @param skipped malformed rows that were left out
 */
public record DataSummary(
    int train, int validation, int test, List<String> labels, String sha256, long skipped) {
  public DataSummary {
    labels = List.copyOf(labels);
  }

  /** What is answered, for people: "20 classes". */
  public String answers() {
    return labels.isEmpty() ? "translations" : labels.size() + " classes";
  }
}
