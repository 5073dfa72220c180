package org.qat4j.doctor;

/**
 * One thing that was looked at.
 *
 * @param name of it
 * @param fact that was found
 * @param change that would mend it, or null where nothing has to change
 */
public record Check(String name, String fact, String change) {
  static Check fine(String name, String fact) {
    return new Check(name, fact, null);
  }

  /** Whether nothing has to change. */
  public boolean isFine() {
    return change == null;
  }
}
