package org.qat4j.data;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.data.Rows.Part;
import org.qat4j.experiment.DataSpec;

/**
 * Rows of a label and a text in delimited files. Tab-separated files have no quotes: a field is
 * what stands between two tabs (the rule of the media type text/tab-separated-values). With every
 * other delimiter a field that begins with a double quote is quoted as in RFC 4180: it ends at the
 * next single quote mark, two in a row mean one, and delimiters and line ends inside belong to the
 * field. Nothing else is special, a backslash least of all. Labels and texts lose white space at
 * both ends. Empty lines are left out.
 */
final class TableReader {
  private final DataSpec.Table spec;
  private final Pattern labelPattern;
  private final MalformedRows malformed;
  private final Rows rows = new Rows();

  private TableReader(DataSpec.Table spec) {
    this.spec = spec;
    this.labelPattern = Pattern.compile(spec.labelPattern());
    this.malformed = new MalformedRows(spec.malformed());
  }

  static Dataset read(DataSpec.Table spec) {
    return new TableReader(spec).read();
  }

  private Dataset read() {
    double testShare = spec.test() == null ? spec.testShare() : 0;
    double validationShare = spec.validation() == null ? spec.validationShare() : 0;
    read(
        spec.train(),
        "data.train",
        (label, text) -> rows.add(Rows.hold(text, testShare, validationShare), label, text));
    if (spec.validation() != null) {
      read(spec.validation(), "data.validation", (l, t) -> rows.add(Part.VALIDATION, l, t));
    }
    if (spec.test() != null) {
      read(spec.test(), "data.test", (l, t) -> rows.add(Part.TEST, l, t));
    }
    return rows.dataset(spec.train(), malformed.skipped());
  }

  /** What is done with a row. */
  private interface Sink {
    void add(String label, String text);
  }

  private void read(String path, String key, Sink sink) {
    Path file = Path.of(path);
    DelimitedRows table = new DelimitedRows(Lines.read(file, key), spec.delimiter());
    boolean header = spec.header();
    while (table.next()) {
      if (table.problem() != null) {
        malformed.add(file, table.line(), table.problem());
      } else if (header) {
        header = false;
      } else {
        addRow(file, table.line(), table.fields(), sink);
      }
    }
  }

  private void addRow(Path file, int line, List<String> fields, Sink sink) {
    int needed = Math.max(spec.labelColumn(), spec.textColumn()) + 1;
    if (fields.size() < needed) {
      malformed.add(
          file,
          line,
          fields.size()
              + (fields.size() == 1 ? " column" : " columns")
              + " where "
              + needed
              + " or more are needed (delimiter \""
              + spec.delimiter().replace("\t", "\\t")
              + "\", labelColumn "
              + spec.labelColumn()
              + ", textColumn "
              + spec.textColumn()
              + ", counted from 0)");
      return;
    }
    String label = fields.get(spec.labelColumn()).strip();
    String text = fields.get(spec.textColumn()).strip();
    Matcher matcher = labelPattern.matcher(label);
    if (text.isEmpty()) {
      malformed.add(file, line, "the text is empty");
    } else if (text.indexOf(Lines.UNDECODABLE) >= 0) {
      malformed.add(file, line, "the text holds bytes that are not UTF-8");
    } else if (!matcher.matches()) {
      malformed.add(
          file,
          line,
          "the label \"" + label + "\" does not match the labelPattern " + labelPattern);
    } else {
      String name = matcher.groupCount() > 0 ? matcher.group(1) : label;
      if (name == null || name.isEmpty()) {
        malformed.add(file, line, "the label is empty");
      } else {
        sink.add(name, text);
      }
    }
  }
}
