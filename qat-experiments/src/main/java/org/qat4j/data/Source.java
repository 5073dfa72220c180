package org.qat4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;

/**
 * Where the rows of a data set are.
 *
 * @param train file of the training rows
 * @param validation file of the validation rows, or null to hold out {@code validationShare}
 * @param test file of the test rows, or null to hold out {@code testShare}
 * @param validationShare share of the training rows that is held out where there is no validation
 *     file, in [0, 1)
 * @param testShare share that is held out where there is no test file, in [0, 1)
 * @param malformed what is done with malformed rows
 */
public record Source(
    Path train,
    Path validation,
    Path test,
    double validationShare,
    double testShare,
    Malformed malformed) {
  public Source {
    double held = (validation == null ? validationShare : 0) + (test == null ? testShare : 0);
    if (!(validationShare >= 0 && testShare >= 0 && held < 1)) {
      throw new QatException(
          "validationShare "
              + validationShare
              + " and testShare "
              + testShare
              + " must be 0 or more and leave rows to train on");
    }
  }

  /** Three files; the first malformed row stops. */
  public static Source of(Path train, Path validation, Path test) {
    return new Source(train, validation, test, 0, 0, Malformed.STOP);
  }

  /** As an experiment names them. */
  public static Source of(DataSpec.Rows rows) {
    return of(rows, rows.testShare());
  }

  /**
   * @param testShare in place of that of the experiment
   */
  public static Source of(DataSpec.Rows rows, double testShare) {
    return new Source(
        Path.of(rows.train()),
        pathOrNull(rows.validation()),
        pathOrNull(rows.test()),
        rows.validationShare(),
        testShare,
        rows.malformed());
  }

  public static Path pathOrNull(String path) {
    return path == null ? null : Path.of(path);
  }

  /** How the rows of one file are read. */
  public interface Reading<T> {
    /**
     * Reads a file.
     *
     * @param key that names the file in the experiment
     * @param rows given every row, with the text by whose hash it is held out
     */
    void read(Path file, String key, MalformedRows malformed, BiConsumer<String, T> rows);
  }

  /**
   * All rows.
   *
   * @throws QatException if a file is absent, cannot be read, or has a malformed row (file, line
   *     and reason) and the first is to stop; if there is no row to train on or none to test on
   */
  public <T> Parts<T> read(Reading<T> reading) {
    return read(reading, 0);
  }

  /**
   * The same with other rows held out.
   *
   * @param from where in [0, 1) the hashes of the test rows begin
   */
  public <T> Parts<T> read(Reading<T> reading, double from) {
    MalformedRows bad = new MalformedRows(malformed);
    double validationHeld = validation == null ? validationShare : 0;
    Holdout<T> rows = new Holdout<>(test == null ? testShare : 0, validationHeld, from);
    reading.read(train, "data.train", bad, rows::add);
    List<T> validationRows = rows.validation();
    if (validation != null) {
      validationRows = new ArrayList<>();
      reading.read(validation, "data.validation", bad, into(validationRows));
    }
    List<T> testRows = rows.test();
    if (test != null) {
      testRows = new ArrayList<>();
      reading.read(test, "data.test", bad, into(testRows));
    }
    Skipped skipped = bad.skipped();
    checkAny(rows.train(), train, "to train on", skipped);
    checkAny(
        testRows,
        test == null ? train : test,
        test == null
            ? "for the test; hold more out, such as data.testShare: 0.3, name a file with"
                + " data.test, or add rows"
            : "for the test",
        skipped);
    return new Parts<>(rows.train(), validationRows, testRows, skipped);
  }

  private static <T> BiConsumer<String, T> into(List<T> rows) {
    return (key, row) -> rows.add(row);
  }

  private static void checkAny(List<?> rows, Path file, String purpose, Skipped skipped) {
    if (rows.isEmpty()) {
      throw new QatException(
          file
              + ": there is no row "
              + purpose
              + (skipped.rows() > 0
                  ? "; " + skipped.rows() + " were skipped, the first: " + skipped.first().get(0)
                  : ""));
    }
  }
}
