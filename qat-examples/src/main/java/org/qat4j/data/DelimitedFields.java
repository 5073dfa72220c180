package org.qat4j.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a row into its fields, as {@link TableReader} describes. DataVec's own CSV parser is not
 * used for this: it drops backslashes, and a quote mark inside a field makes it run two rows
 * together.
 */
final class DelimitedFields {
  private static final char QUOTE = '"';

  private final char delimiter;
  private final boolean quotes;
  private final List<String> values = new ArrayList<>();
  private String problem;

  DelimitedFields(char delimiter) {
    this.delimiter = delimiter;
    this.quotes = delimiter != '\t';
  }

  /** The fields of the last row. */
  List<String> values() {
    return values;
  }

  /** Why the last row cannot be split, or null. */
  String problem() {
    return problem;
  }

  /**
   * Reads the row that begins at line {@code first}.
   *
   * @return the line where the next row begins; behind a row with a problem that is the next line,
   *     so that one stray quote mark costs one line
   */
  int parse(List<String> lines, int first) {
    values.clear();
    problem = null;
    int line = first;
    String row = lines.get(line);
    int at = 0;
    while (true) {
      if (!quotes || at == row.length() || row.charAt(at) != QUOTE) {
        int end = row.indexOf(delimiter, at);
        values.add(row.substring(at, end < 0 ? row.length() : end));
        if (end < 0) {
          return line + 1;
        }
        at = end + 1;
        continue;
      }
      StringBuilder value = new StringBuilder();
      at++;
      while (true) {
        int end = row.indexOf(QUOTE, at);
        if (end < 0) {
          value.append(row, at, row.length()).append('\n');
          if (++line == lines.size()) {
            problem = "a field begins with a quote mark, and no other ends it";
            return first + 1;
          }
          row = lines.get(line);
          at = 0;
        } else if (end + 1 < row.length() && row.charAt(end + 1) == QUOTE) {
          value.append(row, at, end + 1);
          at = end + 2;
        } else {
          value.append(row, at, end);
          at = end + 1;
          break;
        }
      }
      values.add(value.toString());
      if (at == row.length()) {
        return line + 1;
      }
      if (row.charAt(at) != delimiter) {
        problem = "there is text behind the quote mark that ends a field";
        return first + 1;
      }
      at++;
    }
  }
}
