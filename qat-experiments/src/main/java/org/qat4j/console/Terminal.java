package org.qat4j.console;

import java.lang.reflect.InvocationTargetException;

/** Whether somebody watches, and how wide the window is. */
final class Terminal {
  /** Set by the launcher, which can ask the operating system; 0 where there is no terminal. */
  private static final String COLUMNS = "qat4j.columns";

  private static final int USUAL_COLUMNS = 80;

  private Terminal() {}

  /** Width of the terminal that shows standard error; 0 where that is none, as far as is known. */
  @SuppressWarnings("SystemConsoleNull") // null on Java 17 to 21; newer ones are asked
  static int columns() {
    Integer told = Integer.getInteger(COLUMNS);
    if (told != null) {
      return told;
    }
    return System.console() != null && isInteractive() ? USUAL_COLUMNS : 0;
  }

  /** From Java 22 on there may be a console without a terminal, and a method that tells. */
  private static boolean isInteractive() {
    try {
      Object answer = java.io.Console.class.getMethod("isTerminal").invoke(System.console());
      return Boolean.TRUE.equals(answer);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      return true;
    }
  }
}
