package org.qat4j.report;

import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;

/**
 * What training under quantization was worth, by intervals: against quantization without training,
 * and against the control, which was trained as long in float.
 */
enum Worth {
  /** It gains, and more than the control gains. */
  PAYS,
  /** It gains no more than the control does. */
  FLOAT_GAINS_AS_MUCH,
  /** It gains nothing sure, and nothing was lost without it. */
  POST_TRAINING_SUFFICES,
  /** It loses. */
  POST_TRAINING_BETTER,
  /** It gains nothing sure, although there was something to gain. */
  GAINS_NOTHING,
  /** There was no such training, or it changed no answer. */
  UNTOLD;

  static Worth of(Results results) {
    Stage last = results.last();
    Stage untrained = results.untrained();
    if (untrained == null || last.compareTo(Stage.QAT) < 0) {
      return UNTOLD;
    }
    Difference gain = against(results, last, untrained);
    if (gain.flips() == 0) {
      return UNTOLD;
    } else if (isBetter(gain)) {
      Difference control = against(results, Stage.CONTROL, Stage.FLOAT);
      boolean more = results.worth() == null || results.worth().interval().lo() > 0;
      return more || control.mean() <= 0 ? PAYS : FLOAT_GAINS_AS_MUCH;
    } else if (isWorse(gain)) {
      return POST_TRAINING_BETTER;
    }
    boolean lost =
        isWorse(against(results, untrained, Stage.FLOAT))
            || isWorse(against(results, last, Stage.FLOAT))
            || isWorse(against(results, last, Stage.CONTROL));
    return lost ? GAINS_NOTHING : POST_TRAINING_SUFFICES;
  }

  /** A stage against another, or null where they were not compared. */
  static Difference against(Results results, Stage stage, Stage reference) {
    return results.stages().containsKey(stage)
        ? results.stages().get(stage).against().get(reference)
        : null;
  }

  static boolean isBetter(Difference d) {
    return d != null && d.interval().lo() > 0;
  }

  static boolean isWorse(Difference d) {
    return d != null && d.interval().hi() < 0;
  }
}
