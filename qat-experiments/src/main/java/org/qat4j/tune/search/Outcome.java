package org.qat4j.tune.search;

import java.io.Serializable;

/**
 * How a trial ended.
 *
 * @param trial what was tried
 * @param score what it reached, or null where it failed
 * @param error why it failed, or null
 * @param seconds that it took
 */
public record Outcome(Trial trial, Score score, String error, double seconds)
    implements Serializable {
  /** Runs a trial; a failure is an outcome too. */
  public static Outcome of(Trial trial, Evaluator evaluator) {
    long start = System.nanoTime();
    Score score = null;
    String error = null;
    try {
      score = evaluator.evaluate(trial.point(), trial.examples());
    } catch (RuntimeException | OutOfMemoryError e) {
      error = String.valueOf(e.getMessage() == null ? e : e.getMessage());
    }
    return new Outcome(trial, score, error, (System.nanoTime() - start) / 1e9);
  }

  /** Whether there is a score. */
  public boolean succeeded() {
    return score != null;
  }
}
