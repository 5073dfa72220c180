package org.qat4j.report;

import java.util.Arrays;
import java.util.BitSet;
import org.qat4j.QatException;
import org.qat4j.runtime.IntegerRuntime;

/** What one network answers on the test set, item by item. */
public final class Predictions {
  /** Smallest probability that is told from 0, so that a loss is finite. */
  private static final double TINY = 1e-30;

  private final int[] labels;
  private final int[] predicted;
  private final float[] losses;
  private final BitSet correct;

  private Predictions(int[] labels, int[] predicted, float[] losses) {
    this.labels = labels;
    this.predicted = predicted;
    this.losses = losses;
    this.correct = new BitSet(labels.length);
    for (int i = 0; i < labels.length; i++) {
      correct.set(i, labels[i] == predicted[i]);
    }
  }

  /**
   * @param labels true classes, one per item
   * @param predicted most probable classes, one per item
   * @param losses −ln of the probability that the true class was given, one per item
   * @throws QatException if there is no item, the lengths differ, a class is negative or a loss is
   *     not a number
   */
  public static Predictions of(int[] labels, int[] predicted, float[] losses) {
    int n = labels.length;
    if (n == 0 || predicted.length != n || losses.length != n) {
      throw new QatException(
          "predictions need one label, one answer and one loss per item, not "
              + n
              + ", "
              + predicted.length
              + " and "
              + losses.length);
    }
    for (int i = 0; i < n; i++) {
      if (labels[i] < 0 || predicted[i] < 0 || Float.isNaN(losses[i])) {
        throw new QatException(
            "item "
                + i
                + " has the label "
                + labels[i]
                + ", the answer "
                + predicted[i]
                + " and the loss "
                + losses[i]);
      }
    }
    return new Predictions(labels.clone(), predicted.clone(), losses.clone());
  }

  /**
   * Answers without probabilities: every loss is NaN.
   *
   * @param labels true classes, one per item
   * @param predicted answers, one per item
   */
  public static Predictions withoutLoss(int[] labels, int[] predicted) {
    Predictions answers = of(labels, predicted, new float[labels.length]);
    Arrays.fill(answers.losses, Float.NaN);
    return answers;
  }

  /**
   * The most probable classes; of equally probable ones the lowest.
   *
   * @param probabilities of all classes, [items][classes]
   * @param labels true classes, one per item
   */
  public static Predictions of(float[][] probabilities, int[] labels) {
    int[] predicted = new int[probabilities.length];
    float[] losses = new float[probabilities.length];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = IntegerRuntime.argmax(probabilities[i]);
      losses[i] = (float) -Math.log(Math.max(probabilities[i][labels[i]], TINY));
    }
    return of(labels, predicted, losses);
  }

  /** Number of items. */
  public int size() {
    return labels.length;
  }

  /** True class of an item. */
  public int label(int item) {
    return labels[item];
  }

  /** Answer for an item. */
  public int predicted(int item) {
    return predicted[item];
  }

  /** −ln of the probability that the true class of an item was given, or NaN. */
  public double loss(int item) {
    return losses[item];
  }

  /** Whether the answer for an item is right. */
  public boolean isCorrect(int item) {
    return correct.get(item);
  }

  /** Items whose answer is right. */
  BitSet correct() {
    return correct;
  }

  /** Share of right answers, 0 to 1. */
  public double accuracy() {
    return correct.cardinality() / (double) size();
  }

  /** Of the accuracy: 95 %, by bootstrap over the items. */
  public Interval interval() {
    return Statistics.accuracy(correct, size(), Bootstrap.SEED);
  }

  /** Mean loss, in nats; NaN where there are no probabilities. */
  public double meanLoss() {
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return sum / size();
  }

  /**
   * Share of items that another network answers differently, 0 to 1.
   *
   * @throws QatException if the two were not asked the same
   */
  public double flipRate(Predictions other) {
    checkSameItems(other);
    int flips = 0;
    for (int i = 0; i < size(); i++) {
      flips += predicted[i] == other.predicted[i] ? 0 : 1;
    }
    return flips / (double) size();
  }

  /**
   * @throws QatException if the items of the two are not the same
   */
  void checkSameItems(Predictions other) {
    if (!Arrays.equals(labels, other.labels)) {
      throw new QatException("networks can be compared on the same test items only");
    }
  }
}
