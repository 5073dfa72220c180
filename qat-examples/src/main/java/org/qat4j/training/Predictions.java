package org.qat4j.training;

import org.qat4j.QatException;
import org.qat4j.runtime.IntegerRuntime;

/** What a network or an integer model says about a set of labelled texts, in their order. */
public final class Predictions {
  /** Smallest probability that is told from 0, so that a log loss is finite. */
  private static final double TINY = 1e-30;

  private final float[][] probabilities; // [texts][classes]
  private final int[] labels;
  private final int[] classes;
  private final double[] logLosses; // −ln p of the right class

  /**
   * Takes over what was computed.
   *
   * @param probabilities of all classes, [texts][classes]
   * @param labels the right classes, [texts]
   */
  public Predictions(float[][] probabilities, int[] labels) {
    if (probabilities.length != labels.length) {
      throw new QatException(
          "predictions of "
              + probabilities.length
              + " texts do not go with "
              + labels.length
              + " labels");
    }
    this.probabilities = probabilities;
    this.labels = labels;
    this.classes = new int[labels.length];
    this.logLosses = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      classes[i] = IntegerRuntime.argmax(probabilities[i]);
      logLosses[i] = -Math.log(Math.max(probabilities[i][labels[i]], TINY));
    }
  }

  /** Number of texts. */
  public int size() {
    return labels.length;
  }

  /** The most probable class of a text; of equal ones the lowest. */
  public int predicted(int text) {
    return classes[text];
  }

  /** Whether the most probable class of a text is the right one. */
  public boolean isRight(int text) {
    return classes[text] == labels[text];
  }

  /** Probability of a class for a text. */
  public float probability(int text, int label) {
    return probabilities[text][label];
  }

  /** −ln of the probability of the right class of a text. */
  public double logLoss(int text) {
    return logLosses[text];
  }

  /** Share of texts whose class is right, in [0, 1]; NaN of no texts. */
  public double accuracy() {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += isRight(i) ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** Mean of {@link #logLoss}; NaN of no texts. */
  public double meanLogLoss() {
    double sum = 0;
    for (double loss : logLosses) {
      sum += loss;
    }
    return sum / logLosses.length;
  }

  /** Number of texts that {@code other} puts into another class. */
  public int flips(Predictions other) {
    int flips = 0;
    for (int i = 0; i < classes.length; i++) {
      flips += classes[i] == other.classes[i] ? 0 : 1;
    }
    return flips;
  }
}
