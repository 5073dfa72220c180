package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.qat4j.data.DataFinding;

/**
 * What was learned from.
 *
 * @param train number of rows
 * @param validation number of rows
 * @param test number of rows
 * @param labels names of the classes; none where texts are translated or have numbers
 * @param sha256 of all rows in order, hexadecimal
 * @param skipped malformed rows that were left out
 * @param findings what the rows are warned of; the report has them among its own
 * @param answers what is answered, for people: "20 classes"
 */
public record DataSummary(
    int train,
    int validation,
    int test,
    List<String> labels,
    String sha256,
    long skipped,
    @JsonIgnore List<DataFinding> findings,
    @JsonIgnore String answers) {
  public DataSummary {
    labels = List.copyOf(labels);
    findings = findings == null ? List.of() : List.copyOf(findings);
  }

  /** Rows with classes of which there is nothing to say. */
  public DataSummary(
      int train, int validation, int test, List<String> labels, String sha256, long skipped) {
    this(train, validation, test, labels, sha256, skipped, List.of(), labels.size() + " classes");
  }

  /** The same with what was found in the rows. */
  public DataSummary with(List<DataFinding> found) {
    return new DataSummary(train, validation, test, labels, sha256, skipped, found, answers);
  }
}
