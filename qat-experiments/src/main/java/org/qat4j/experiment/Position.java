package org.qat4j.experiment;

/**
 * A place in a file or on the command line.
 *
 * @param source file, as the user names it, or an option such as {@code --set train.epochs}
 * @param line from 1; 0 for a source without lines
 * @param column from 1; 0 for a source without lines
 * @param excerpt the line with a mark under the column; may be empty
 */
public record Position(String source, int line, int column, String excerpt) {
  /** Where a default value comes from. */
  static final Position DEFAULT = of("default");

  /** A source as a whole. */
  static Position of(String source) {
    return new Position(source, 0, 0, "");
  }

  /** {@code file:line:column}, which terminals and editors make a link of. */
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}
