package org.qat4j.text.internal;

import java.util.Arrays;

/** What a model that tags says of the steps of a text, as what it says of tokens. */
public final class TokenRows {
  private TokenRows() {}

  /**
   * The rows of tokens.
   *
   * @param steps of each token, ascending
   * @param rows one for each step, [steps, width] row-major
   * @param width of a row
   * @return [tokens, width] row-major, of those whose step has a row
   */
  public static float[] of(int[] steps, float[] rows, int width) {
    float[] tokens = new float[steps.length * width];
    int n = 0;
    while (n < steps.length && (steps[n] + 1) * width <= rows.length) {
      System.arraycopy(rows, steps[n] * width, tokens, n * width, width);
      n++;
    }
    return Arrays.copyOf(tokens, n * width);
  }
}
