package org.qat4j.console;

import java.util.Locale;

/** Text from files, for a terminal: what would command it is shown instead of sent. */
public final class Printable {
  private Printable() {}

  /**
   * Writes control characters as \\u and four digits, but for line ends and tabs: ESC and its like
   * from a label or a key could move the cursor or recolour what was printed.
   */
  public static String of(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\t') {
        printable.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        printable.append(c);
      }
    }
    return printable.toString();
  }
}
