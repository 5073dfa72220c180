package org.qat4j.tune.search;

import java.io.Serializable;
import org.qat4j.QatException;

/**
 * What a candidate reaches on the examples that it was given.
 *
 * @param accuracy share of right answers, 0 to 1
 * @param loss mean −ln of the probability of the right answer
 * @param agreement share of answers that are those of the float network, 0 to 1
 * @param bytes of the model file, without text encoders
 * @param bits mean over all weights
 * @param micros time of an example in microseconds, which differs from run to run; NaN where it was
 *     not asked for
 */
public record Score(
    double accuracy, double loss, double agreement, long bytes, double bits, double micros)
    implements Serializable {
  /** A trial whose network has lost its numbers has failed, and is no candidate for the best. */
  public Score {
    if (!Double.isFinite(accuracy) || !Double.isFinite(loss) || !Double.isFinite(agreement)) {
      throw new QatException(
          "no score: accuracy " + accuracy + ", loss " + loss + ", agreement " + agreement);
    }
  }
}
