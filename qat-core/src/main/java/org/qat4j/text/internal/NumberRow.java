package org.qat4j.text.internal;

import org.qat4j.QatException;

/** Real numbers as a line of text: separated by commas, as in a row of a table. */
public final class NumberRow {
  private static final int SHOWN = 40;

  private NumberRow() {}

  /** How many numbers a line has. */
  public static int count(String line) {
    return line.isBlank() ? 0 : line.split(",", -1).length;
  }

  /**
   * The numbers of a line.
   *
   * @param line such as {@code "0.5, -1, 3e-2"}
   * @param count how many are expected
   * @throws QatException if there are more or fewer, or one is no finite number; the message names
   *     its place
   */
  public static float[] parse(String line, int count) {
    if (count(line) != count) {
      String start = line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
      throw new QatException(
          "expected " + count + " numbers separated by commas, not " + count(line) + ": " + start);
    }
    float[] numbers = new float[count];
    String[] fields = line.split(",", -1);
    for (int i = 0; i < count; i++) {
      try {
        numbers[i] = Float.parseFloat(fields[i].strip());
      } catch (NumberFormatException e) {
        numbers[i] = Float.NaN;
      }
      if (!Float.isFinite(numbers[i])) {
        throw new QatException("number " + (i + 1) + " of the line is \"" + fields[i] + "\"");
      }
    }
    return numbers;
  }
}
