package org.qat4j.experiment;

/**
 * One thing that is wrong with an experiment.
 *
 * @param at where
 * @param message what is wrong, what was expected, and the nearest thing that would do
 */
public record Problem(Position at, String message) {
  @Override
  public String toString() {
    String text = at + ": " + message;
    return at.excerpt().isEmpty() ? text : text + "\n" + at.excerpt();
  }
}
