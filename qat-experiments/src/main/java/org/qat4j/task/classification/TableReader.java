package org.qat4j.task.classification;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.data.Dataset;
import org.qat4j.data.DelimitedRows;
import org.qat4j.data.LabelledText;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRow;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Parts;
import org.qat4j.data.ReadLimits;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;

/**
 * Rows of a label and a text in delimited files. Tab-separated files have no quotes: a field is
 * what stands between two tabs (the rule of the media type text/tab-separated-values). With every
 * other delimiter a field that begins with a double quote is quoted as in RFC 4180: it ends at the
 * next single quote mark, two in a row mean one, and delimiters and line ends inside belong to the
 * field. Nothing else is special, a backslash least of all. Labels and texts lose white space at
 * both ends. Empty lines are left out.
 */
public final class TableReader {
  private final DataSpec.Table spec;
  private final Pattern labelPattern;

  private TableReader(DataSpec.Table spec) {
    this.spec = spec;
    this.labelPattern = Pattern.compile(spec.labelPattern());
  }

  /**
   * @param fold which part of the rows is the test set, from 0
   */
  public static Dataset read(DataSpec.Table spec, int fold) {
    Source source =
        Source.of(spec.rows(), spec.folds() > 1 ? 1.0 / spec.folds() : spec.rows().testShare());
    double from = (double) fold / spec.folds();
    Parts<LabelledText> rows = source.read(new TableReader(spec)::read, from);
    return LabelledText.dataset(spec.rows().train(), rows);
  }

  private void read(
      Path file, String key, MalformedRows malformed, BiConsumer<String, LabelledText> rows) {
    int columns = DelimitedRows.columns(spec.textColumn(), spec.secondColumn(), spec.labelColumn());
    DelimitedRows.read(
        Lines.read(file, key),
        spec.delimiter(),
        spec.header(),
        columns,
        malformed.of(file),
        fields -> {
          LabelledText row = row(fields);
          rows.accept(row.text(), row);
        });
  }

  private LabelledText row(List<String> fields) throws MalformedRow {
    String text = DelimitedRows.text(fields, spec.textColumn(), spec.secondColumn());
    String field = fields.get(spec.labelColumn());
    if (field.length() > ReadLimits.LABEL_CHARACTERS) {
      throw new MalformedRow(
          "the label has "
              + field.length()
              + " characters, at most "
              + ReadLimits.LABEL_CHARACTERS
              + " are read; is "
              + spec.labelColumn()
              + " the column of the label (data.labelColumn)?");
    }
    Matcher matcher = labelPattern.matcher(new Watched(field));
    if (!matches(matcher)) {
      throw new MalformedRow(
          "the label \"" + field + "\" does not match the labelPattern " + labelPattern);
    }
    String label = matcher.groupCount() > 0 ? matcher.group(1) : field;
    if (label == null || label.isEmpty()) {
      throw new MalformedRow("the label is empty");
    }
    return new LabelledText(label, text);
  }

  private boolean matches(Matcher matcher) throws MalformedRow {
    try {
      return matcher.matches();
    } catch (Watched.TooManySteps | StackOverflowError e) {
      throw new MalformedRow(
          "the labelPattern "
              + labelPattern
              + " takes too long on this label; write a simpler one");
    }
  }

  /** A text that counts how often a pattern looks at it: some patterns never end. */
  private static final class Watched implements CharSequence {
    private static final class TooManySteps extends RuntimeException {
      private static final long serialVersionUID = 1L;
    }

    private final String text;
    private int steps;

    Watched(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int i) {
      if (++steps > ReadLimits.PATTERN_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(i);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return text.substring(from, to);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
