package org.qat4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.qat4j.task.classification.TableReader;

/**
 * Splits lines into rows of fields, as {@link TableReader} describes. DataVec's own CSV parser is
 * not used for this: it drops backslashes, and a quote mark inside a field makes it run two rows
 * together.
 */
public final class DelimitedRows {
  private static final String QUOTE = "\"";

  private final List<String> lines;
  private final String delimiter;
  private final boolean quotes;
  private List<String> fields; // of the present row
  private int first; // line where the present row begins, from 0
  private int next; // line where the next one begins
  private int line; // what is being read: a line, its text and the place in it
  private String text;
  private int at;

  private DelimitedRows(List<String> lines, String delimiter) {
    this.lines = lines;
    this.delimiter = delimiter;
    this.quotes = !delimiter.equals("\t");
  }

  /** What is done with the fields of a row; they have no white space at either end. */
  public interface RowSink {
    void row(List<String> fields) throws MalformedRow;
  }

  /**
   * Reads all rows.
   *
   * @param header whether the first row names the columns
   * @param columns needed at least
   * @param malformed told of the first line, from 1, of every row that cannot be used, and why
   */
  public static void read(
      List<String> lines,
      String delimiter,
      boolean header,
      int columns,
      ObjIntConsumer<String> malformed,
      RowSink sink) {
    DelimitedRows rows = new DelimitedRows(lines, delimiter);
    boolean names = header;
    while (rows.begin()) {
      try {
        rows.split();
        if (!names) {
          rows.check(columns);
          sink.row(rows.fields);
        }
      } catch (MalformedRow e) {
        malformed.accept(e.getMessage(), rows.first + 1);
      }
      names = false;
    }
  }

  private void check(int columns) throws MalformedRow {
    if (fields.size() < columns) {
      throw new MalformedRow(
          fields.size()
              + (fields.size() == 1 ? " column" : " columns")
              + " where "
              + columns
              + " or more are needed; the delimiter is \""
              + delimiter.replace("\t", "\\t")
              + "\"");
    }
    fields.replaceAll(String::strip);
    if (fields.stream().anyMatch(field -> field.indexOf(Lines.UNDECODABLE) >= 0)) {
      throw new MalformedRow(Lines.NOT_UTF8);
    }
  }

  /**
   * The text in a column, or two with a tab between.
   *
   * @param second column of the second text, or null
   * @throws MalformedRow if one of them is empty
   */
  public static String text(List<String> fields, int first, Integer second) throws MalformedRow {
    String text = fields.get(first);
    if (text.isEmpty()) {
      throw new MalformedRow("the text is empty");
    }
    if (second == null) {
      return text;
    }
    String other = fields.get(second);
    if (other.isEmpty()) {
      throw new MalformedRow("the second text is empty");
    }
    return text.replace('\t', ' ') + "\t" + other;
  }

  /** Columns that a row needs for a text, or two, and what belongs to it. */
  public static int columns(int first, Integer second, int answer) {
    return Math.max(Math.max(first, answer), second == null ? 0 : second) + 1;
  }

  /** Goes to the first line of the next row, if there is one. */
  private boolean begin() {
    while (next < lines.size() && lines.get(next).isEmpty()) {
      next++;
    }
    first = next;
    return first < lines.size();
  }

  /**
   * Reads the fields of the row. Behind a row that cannot be split the next one begins at the next
   * line, so that one stray quote mark costs one line.
   */
  private void split() throws MalformedRow {
    line = first;
    text = lines.get(line);
    at = 0;
    fields = new ArrayList<>();
    next = first + 1;
    boolean more = true;
    while (more) {
      more = (quotes && text.startsWith(QUOTE, at)) ? quoted() : plain();
    }
    next = line + 1;
  }

  /** Reads a field and says whether another follows. */
  private boolean plain() {
    int end = text.indexOf(delimiter, at);
    fields.add(text.substring(at, end < 0 ? text.length() : end));
    at = end + delimiter.length();
    return end >= 0;
  }

  /** Likewise. */
  private boolean quoted() throws MalformedRow {
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
        throw new MalformedRow("a field begins with a quote mark, and no other ends it");
      }
      end = text.indexOf(QUOTE, at);
    }
    fields.add(field.append(text, at, end).toString());
    at = end + 1;
    if (at < text.length() && !text.startsWith(delimiter, at)) {
      throw new MalformedRow("there is text behind the quote mark that ends a field");
    }
    boolean more = at < text.length();
    at += delimiter.length();
    return more;
  }
}
