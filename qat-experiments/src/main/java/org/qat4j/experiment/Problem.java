package org.qat4j.experiment;

import java.util.Locale;

/**
 * One thing that is wrong with an experiment.
 *
 * @param at where
 * @param message what is wrong, what was expected, and the nearest thing that would do
 */
public record Problem(Position at, String message) {
  private static final int LONGEST = 2000;

  /** Safe to print: characters that a terminal obeys are spelled out, and very long text is cut. */
  @Override
  public String toString() {
    String text = printable(at + ": " + message);
    return at.excerpt().isEmpty() ? text : text + "\n" + printable(at.excerpt());
  }

  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
      char c = text.charAt(i);
      boolean obeyed =
          (Character.isISOControl(c) && c != '\n') || Character.getType(c) == Character.FORMAT;
      shown.append(obeyed ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
    }
    return text.length() > LONGEST ? shown.append("…").toString() : shown.toString();
  }
}
