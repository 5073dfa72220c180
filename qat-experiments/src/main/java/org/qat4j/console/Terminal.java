package org.qat4j.console;

import java.lang.reflect.InvocationTargetException;

/** Whether somebody watches, and how wide the window is. */
public final class Terminal {
  /** Set by the launcher, which can ask the operating system; 0 where there is no terminal. */
  private static final String COLUMNS = "qat4j.columns";

  private static final int USUAL_COLUMNS = 80;

  private Terminal() {}

  /** Width of the terminal that shows standard error; 0 where that is none, as far as is known. */
  static int columns() {
    Integer told = Integer.getInteger(COLUMNS);
    if (told != null) {
      return told;
    }
    return isInteractive() ? USUAL_COLUMNS : 0;
  }

  /**
   * Whether somebody can answer: standard input and output are a terminal. From Java 22 on there
   * may be a console without a terminal, and a method that tells.
   */
  @SuppressWarnings("SystemConsoleNull") // null on Java 17 to 21; newer ones are asked
  public static boolean isInteractive() {
    if (System.console() == null) {
      return false;
    }
    try {
      Object answer = java.io.Console.class.getMethod("isTerminal").invoke(System.console());
      return Boolean.TRUE.equals(answer);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      return true;
    }
  }
}
