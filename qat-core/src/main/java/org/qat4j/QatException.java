package org.qat4j;

/**
 * Something that the caller can mend: a bad file, an impossible setting, a network that cannot be
 * quantized as asked. The message says what was wrong, where, what was expected and the nearest
 * thing that would work; the command line prints it without a stack trace.
 */
public class QatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QatException(String message) {
    super(message);
  }

  public QatException(String message, Throwable cause) {
    super(message, cause);
  }
}
