package org.qat4j.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits lines into rows of fields, as {@link TableReader} describes. DataVec's own CSV parser is
 * not used for this: it drops backslashes, and a quote mark inside a field makes it run two rows
 * together.
 */
final class DelimitedRows {
  private static final String QUOTE = "\"";

  private final List<String> lines;
  private final String delimiter;
  private final boolean quotes;
  private final List<String> fields = new ArrayList<>();
  private String problem;
  private int first; // line where the present row begins, from 0
  private int next; // line where the next one begins
  private int line; // what is being read: a line, its text and the place in it
  private String text;
  private int at;

  DelimitedRows(List<String> lines, String delimiter) {
    this.lines = lines;
    this.delimiter = delimiter;
    this.quotes = !delimiter.equals("\t");
  }

  /** The fields of the present row. */
  List<String> fields() {
    return fields;
  }

  /** Why the present row cannot be split, or null. */
  String problem() {
    return problem;
  }

  /** Number of the line where the present row begins, from 1. */
  int line() {
    return first + 1;
  }

  /**
   * Goes to the next row. Behind a row with a problem that is the next line, so that one stray
   * quote mark costs one line.
   *
   * @return whether there is one
   */
  boolean next() {
    while (next < lines.size() && lines.get(next).isEmpty()) {
      next++;
    }
    if (next == lines.size()) {
      return false;
    }
    first = next;
    line = first;
    text = lines.get(line);
    at = 0;
    fields.clear();
    problem = null;
    boolean more = true;
    while (more) {
      more = (quotes && text.startsWith(QUOTE, at)) ? quoted() : plain();
    }
    next = (problem == null ? line : first) + 1;
    return true;
  }

  /** Reads a field and says whether another follows. */
  private boolean plain() {
    int end = text.indexOf(delimiter, at);
    fields.add(text.substring(at, end < 0 ? text.length() : end));
    at = end + delimiter.length();
    return end >= 0;
  }

  /** Likewise. */
  private boolean quoted() {
    StringBuilder field = new StringBuilder();
    at++;
    int end = text.indexOf(QUOTE, at);
    while (end < 0 || text.startsWith(QUOTE, end + 1)) {
      if (end >= 0) {
        field.append(text, at, end + 1);
        at = end + 2;
      } else if (line + 1 < lines.size()) {
        field.append(text, at, text.length()).append('\n');
        text = lines.get(++line);
        at = 0;
      } else {
        problem = "a field begins with a quote mark, and no other ends it";
        return false;
      }
      end = text.indexOf(QUOTE, at);
    }
    fields.add(field.append(text, at, end).toString());
    at = end + 1;
    if (at < text.length() && !text.startsWith(delimiter, at)) {
      problem = "there is text behind the quote mark that ends a field";
      return false;
    }
    boolean more = at < text.length();
    at += delimiter.length();
    return more;
  }
}
