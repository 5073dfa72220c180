package org.qat4j.tune.search;

import org.qat4j.QatException;

/**
 * When a search ends: whatever comes first.
 *
 * @param trials that are run, ≥ 1; the result depends on it alone, not on the machine
 * @param minutes from the start, infinite for no limit
 * @param patience trials without a gain; {@link Integer#MAX_VALUE} for no limit
 */
public record Budget(int trials, double minutes, int patience) {
  public Budget {
    if (trials < 1 || !(minutes > 0) || patience < 1) {
      throw new QatException(
          "a search has at least one trial, some minutes and some patience, not "
              + trials
              + ", "
              + minutes
              + " and "
              + patience);
    }
  }

  /** So many trials. */
  public static Budget ofTrials(int trials) {
    return new Budget(trials, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);
  }
}
