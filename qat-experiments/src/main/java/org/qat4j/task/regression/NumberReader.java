package org.qat4j.task.regression;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.DelimitedRows;
import org.qat4j.data.Example;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRow;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Parts;
import org.qat4j.data.Question;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;
import org.qat4j.task.classification.TableReader;

/** Rows of a text and a number in delimited files, which are read as {@link TableReader} does. */
public final class NumberReader {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");

  private final DataSpec.Numbers spec;

  private NumberReader(DataSpec.Numbers spec) {
    this.spec = spec;
  }

  /**
   * @throws QatException if every training row has the same number
   */
  public static Dataset read(DataSpec.Numbers spec) {
    Source source = Source.of(spec.rows());
    Parts<Example> rows = source.read(new NumberReader(spec)::read);
    double first = rows.train().get(0).number();
    if (rows.train().stream().allMatch(row -> row.number() == first)) {
      throw new QatException(
          spec.rows().train()
              + ": every training row has the number "
              + first
              + "; there is nothing to learn. Is "
              + spec.numberColumn()
              + " the column of the number (data.numberColumn)?");
    }
    return new Dataset(
        Question.NUMBER, rows.train(), rows.validation(), rows.test(), List.of(), rows.skipped());
  }

  private void read(
      Path file, String key, MalformedRows malformed, BiConsumer<String, Example> rows) {
    DelimitedRows.read(
        Lines.read(file, key),
        spec.delimiter(),
        spec.header(),
        DelimitedRows.columns(spec.textColumn(), spec.secondColumn(), spec.numberColumn()),
        malformed.of(file),
        fields -> {
          Example row = row(fields);
          rows.accept(row.text(), row);
        });
  }

  private Example row(List<String> fields) throws MalformedRow {
    String text = DelimitedRows.text(fields, spec.textColumn(), spec.secondColumn());
    String number = fields.get(spec.numberColumn());
    return Example.numbered(text, number(number, "number", spec.numberColumn()));
  }

  /**
   * The number in a field.
   *
   * @param what it is; the key of its column ends in "Column"
   */
  public static double number(String field, String what, int column) throws MalformedRow {
    if (!NUMBER.matcher(field).matches() || Float.isInfinite(Float.parseFloat(field))) {
      throw new MalformedRow(
          "\""
              + (field.length() > 40 ? field.substring(0, 40) + "…" : field)
              + "\" is no number such as 3.5; is "
              + column
              + " the column of the "
              + what
              + " (data."
              + what
              + "Column)?");
    }
    return Double.parseDouble(field);
  }
}
