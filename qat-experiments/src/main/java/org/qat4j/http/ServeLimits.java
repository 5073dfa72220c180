package org.qat4j.http;

import org.qat4j.QatException;

/**
 * What one request may ask for, and how many may at once.
 *
 * @param bodyBytes of a request's body
 * @param texts of a request
 * @param characters of a text (code points)
 * @param requests that are answered at the same time; one more is refused with 429
 */
public record ServeLimits(int bodyBytes, int texts, int characters, int requests) {
  public ServeLimits {
    check("--max-body", bodyBytes);
    check("--max-texts", texts);
    check("--max-characters", characters);
    check("--max-requests", requests);
  }

  private static void check(String option, int value) {
    if (value < 1) {
      throw new QatException(option + " is at least 1, not " + value);
    }
  }
}
