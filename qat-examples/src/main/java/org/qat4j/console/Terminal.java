package org.qat4j.console;

import java.lang.reflect.InvocationTargetException;

/** Whether somebody watches. */
final class Terminal {
  /** Set by the launcher, which can ask the operating system. */
  private static final String PROPERTY = "qat4j.terminal";

  private Terminal() {}

  /** Whether standard error is a terminal, as far as can be known. */
  @SuppressWarnings("SystemConsoleNull") // null on Java 17 to 21; the method below asks newer ones
  static boolean isStandardError() {
    String told = System.getProperty(PROPERTY);
    return told != null ? Boolean.parseBoolean(told) : System.console() != null && isInteractive();
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
