package org.qat4j.tune.search;

import java.util.Comparator;

/**
 * What a search looks for: the best of one figure within limits of the others. Of two candidates
 * that exceed limits the one that exceeds them less is better, whatever else they reach.
 *
 * @param objective the figure
 * @param maxBytes of the model file; infinite for no limit, as the others
 * @param maxBits mean over all weights
 * @param maxMicros per example
 */
public record Goal(Objective objective, double maxBytes, double maxBits, double maxMicros) {
  /** A figure to be good at. */
  public enum Objective {
    ACCURACY,
    LOSS,
    AGREEMENT;

    /** The figure, turned so that more is better. */
    public double of(Score score) {
      double found =
          switch (this) {
            case ACCURACY -> score.accuracy();
            case LOSS -> -score.loss();
            case AGREEMENT -> score.agreement();
          };
      return Double.isNaN(found) ? Double.NEGATIVE_INFINITY : found;
    }
  }

  /** Without limits. */
  public static Goal of(Objective objective) {
    double none = Double.POSITIVE_INFINITY;
    return new Goal(objective, none, none, none);
  }

  /** By how much a candidate exceeds the limits, as a sum of shares of them; 0 for not at all. */
  public double excess(Score s) {
    double micros = Double.isNaN(s.micros()) ? 0 : s.micros();
    return over((double) s.bytes(), maxBytes) + over(s.bits(), maxBits) + over(micros, maxMicros);
  }

  private static double over(double value, double limit) {
    return Math.max(0, value / limit - 1);
  }

  /** Better outcomes come first, failures last; of equal ones the smaller, then the earlier. */
  public Comparator<Outcome> bestFirst() {
    Comparator<Outcome> byScore =
        Comparator.<Outcome>comparingDouble(o -> excess(o.score()))
            .thenComparingDouble(o -> -objective.of(o.score()))
            .thenComparingLong(o -> o.score().bytes());
    return Comparator.<Outcome, Boolean>comparing(o -> !o.succeeded())
        .thenComparing((a, b) -> a.succeeded() && b.succeeded() ? byScore.compare(a, b) : 0)
        .thenComparingInt(o -> o.trial().number());
  }

  /**
   * Whether {@code a} is better than {@code b} by the objective or the limits, not just smaller.
   */
  public boolean isBetter(Outcome a, Outcome b) {
    if (!a.succeeded() || !b.succeeded()) {
      return a.succeeded();
    }
    int byLimits = Double.compare(excess(a.score()), excess(b.score()));
    return byLimits < 0 || (byLimits == 0 && objective.of(a.score()) > objective.of(b.score()));
  }
}
