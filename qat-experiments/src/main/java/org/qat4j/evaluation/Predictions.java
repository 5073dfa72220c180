package org.qat4j.evaluation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.runtime.IntegerRuntime;

/** What one network answers on the test set, item by item: a class, a text, or a number. */
public final class Predictions {
  /** Smallest probability that is told from 0, so that a loss is finite. */
  public static final double TINY = 1e-30;

  private static final double[] RIGHT = {1, 1};
  private static final double[] WRONG = {0, 1};

  private final Metric metric;
  private final int[] labels; // true classes; null where answers are texts
  private final int[] predicted;
  private final List<String> truths; // null where answers are classes
  private final List<String> answers;
  private final double[][] counts; // of the metric, (item, count)
  private final float[] losses;
  private final BitSet correct;
  private final double tolerance; // of numbers
  private final float[][] vectors; // where these were asked for, or null

  private Predictions(int[] labels, int[] predicted, float[] losses) {
    this.metric = Metric.ACCURACY;
    this.labels = labels;
    this.predicted = predicted;
    this.truths = null;
    this.answers = null;
    this.losses = losses;
    this.vectors = null;
    this.tolerance = 0;
    this.correct = new BitSet(labels.length);
    this.counts = new double[labels.length][];
    for (int i = 0; i < labels.length; i++) {
      correct.set(i, labels[i] == predicted[i]);
      counts[i] = correct.get(i) ? RIGHT : WRONG;
    }
  }

  private Predictions(
      Metric metric,
      List<String> truths,
      List<String> answers,
      double[][] counts,
      float[] losses,
      float[][] vectors) {
    this.metric = metric;
    this.labels = null;
    this.predicted = null;
    this.truths = List.copyOf(truths);
    this.answers = List.copyOf(answers);
    this.counts = counts;
    this.losses = losses;
    this.vectors = vectors;
    this.tolerance = metric.tolerance(truths);
    this.correct = new BitSet(counts.length);
    for (int i = 0; i < counts.length; i++) {
      correct.set(i, metric.knowsRightAnswers() && isSame(truths.get(i), answers.get(i)));
    }
  }

  /**
   * Classes.
   *
   * @param labels true classes, one per item
   * @param predicted most probable classes, one per item
   * @param losses −ln of the probability that the true class was given, one per item
   * @throws QatException if there is no item, the lengths differ, a class is negative or a loss is
   *     not a number
   */
  public static Predictions of(int[] labels, int[] predicted, float[] losses) {
    int n = labels.length;
    checkLengths(n, predicted.length, losses.length);
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

  private static void checkLengths(int labels, int answers, int losses) {
    if (labels == 0 || answers != labels || losses != labels) {
      throw new QatException(
          "predictions need one label, one answer and one loss per item, not "
              + labels
              + ", "
              + answers
              + " and "
              + losses);
    }
  }

  /**
   * Answers without probabilities: every loss is NaN.
   *
   * @param labels true classes, one per item
   * @param predicted answers, one per item
   */
  public static Predictions withoutLoss(int[] labels, int[] predicted) {
    return of(labels, predicted, new float[labels.length]).withoutLosses();
  }

  /** The same answers without their losses: every one is NaN. */
  public Predictions withoutLosses() {
    float[] none = new float[losses.length];
    Arrays.fill(none, Float.NaN);
    return labels != null
        ? new Predictions(labels, predicted, none)
        : new Predictions(metric, truths, answers, counts, none, vectors);
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

  /**
   * Answers that are texts.
   *
   * @param metric how good they are
   * @param truths right answers, one per item
   * @param answers as given, one per item
   * @param counts of the metric, (item, count)
   * @param losses in nats, one per item; NaN where there are no probabilities
   * @throws QatException if there is no item or the lengths differ
   */
  public static Predictions of(
      Metric metric, List<String> truths, List<String> answers, double[][] counts, float[] losses) {
    checkLengths(truths.size(), answers.size(), losses.length);
    checkLengths(truths.size(), counts.length, losses.length);
    return new Predictions(metric, truths, answers, counts, losses.clone(), null);
  }

  /**
   * Numbers. Answers that are nearer than a tenth of the standard deviation of the right numbers
   * count as the same, where right answers and flips are counted.
   *
   * @param truths right numbers, one per item
   * @param answers as given, one per item
   * @throws QatException if there is no item or the lengths differ
   */
  public static Predictions ofNumbers(double[] truths, double[] answers) {
    checkLengths(truths.length, answers.length, truths.length);
    double[] r = Statistics.ranks(truths);
    double[] s = Statistics.ranks(answers);
    double[][] counts = new double[truths.length][];
    float[] losses = new float[truths.length];
    Arrays.fill(losses, Float.NaN);
    for (int i = 0; i < counts.length; i++) {
      double error = answers[i] - truths[i];
      counts[i] =
          new double[] {error * error, 1, r[i], s[i], r[i] * r[i], s[i] * s[i], r[i] * s[i]};
    }
    return of(Metric.RMSE, texts(truths), texts(answers), counts, losses);
  }

  /**
   * Vectors of texts, of which always two belong together. What is answered is the cosine of the
   * two; answers nearer than 0.02 count as the same, and none as right.
   *
   * @param scores how much the two texts of each pair mean the same, in any unit
   * @param vectors two for each score, of the first text and of the second
   * @throws QatException if there is no pair or the lengths differ
   */
  public static Predictions ofVectors(double[] scores, float[][] vectors) {
    checkLengths(scores.length, vectors.length / 2, (vectors.length + 1) / 2);
    double[] cosines = new double[scores.length];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = Statistics.cosine(vectors[2 * i], vectors[2 * i + 1]);
    }
    double[] r = Statistics.ranks(scores);
    double[] s = Statistics.ranks(cosines);
    double[][] counts = new double[scores.length][];
    float[] losses = new float[scores.length];
    Arrays.fill(losses, Float.NaN);
    for (int i = 0; i < counts.length; i++) {
      counts[i] =
          new double[] {
            1, r[i], s[i], r[i] * r[i], s[i] * s[i], r[i] * s[i], Double.NaN, Double.NaN
          };
    }
    return new Predictions(
        Metric.VECTORS, texts(scores), texts(cosines), counts, losses, vectors.clone());
  }

  /**
   * The same answers, compared with those of the float network where that tells more than its
   * score: vectors.
   *
   * @param reference answers of the float network
   * @throws QatException if the two were not asked the same
   */
  public Predictions beside(Predictions reference) {
    if (vectors == null || reference.vectors == null) {
      return this;
    }
    checkSameItems(reference);
    double[][] compared = new double[counts.length][];
    for (int i = 0; i < compared.length; i++) {
      double first = Statistics.cosine(vectors[2 * i], reference.vectors[2 * i]);
      double second = Statistics.cosine(vectors[2 * i + 1], reference.vectors[2 * i + 1]);
      compared[i] = counts[i].clone();
      compared[i][compared[i].length - 2] = (first + second) / 2;
      compared[i][compared[i].length - 1] = Math.min(first, second);
    }
    return new Predictions(metric, truths, answers, compared, losses, vectors);
  }

  private static List<String> texts(double[] numbers) {
    return Arrays.stream(numbers).mapToObj(n -> String.format(Locale.ROOT, "%.4f", n)).toList();
  }

  /** Classes that are answered on several test sets, as if they were one; one or more. */
  public static Predictions join(List<Predictions> parts) {
    int n = parts.stream().mapToInt(Predictions::size).sum();
    int[] labels = new int[n];
    int[] predicted = new int[n];
    float[] losses = new float[n];
    int at = 0;
    for (Predictions part : parts) {
      System.arraycopy(part.labels, 0, labels, at, part.size());
      System.arraycopy(part.predicted, 0, predicted, at, part.size());
      System.arraycopy(part.losses, 0, losses, at, part.size());
      at += part.size();
    }
    return new Predictions(labels, predicted, losses);
  }

  /** How good the answers are. */
  public Metric metric() {
    return metric;
  }

  /** Whether answers are classes, which {@link #label} and {@link #predicted} give. */
  public boolean isOfClasses() {
    return labels != null;
  }

  /** Number of items. */
  public int size() {
    return counts.length;
  }

  /** True class of an item. */
  public int label(int item) {
    return labels[item];
  }

  /** Class that is answered for an item. */
  public int predicted(int item) {
    return predicted[item];
  }

  /**
   * Right answer for an item, in words.
   *
   * @param classes their names
   */
  public String truth(int item, List<String> classes) {
    return truths == null ? classes.get(labels[item]) : truths.get(item);
  }

  /**
   * Answer for an item, in words.
   *
   * @param classes their names
   */
  public String answer(int item, List<String> classes) {
    return answers == null ? classes.get(predicted[item]) : answers.get(item);
  }

  /** −ln of the probability that the right answer to an item was given, or NaN. */
  public double loss(int item) {
    return losses[item];
  }

  /** Whether the answer for an item is right, all of it. */
  public boolean isCorrect(int item) {
    return correct.get(item);
  }

  /** Items whose answer is right. */
  BitSet correct() {
    return correct;
  }

  /** Counts of an item for the metric. */
  public double[] counts(int item) {
    return counts[item];
  }

  /** Share of items whose answer is right, all of it, 0 to 1. */
  public double accuracy() {
    return correct.cardinality() / (double) size();
  }

  /** The metric over all items. */
  public double score() {
    return metric.of(sums());
  }

  /** Further figures of the metric by their names in JSON, 0 to 1. */
  public Map<String, Double> parts() {
    return metric.parts(sums(), counts);
  }

  private double[] sums() {
    double[] sums = new double[counts[0].length];
    for (double[] item : counts) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += item[i];
      }
    }
    return sums;
  }

  /** Of the metric: 95 %, by bootstrap over the items. */
  public Interval interval() {
    return new Bootstrap(new Predictions[][] {{this}}, Bootstrap.SEED).score(0);
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
      flips += isSame(i, other) ? 0 : 1;
    }
    return flips / (double) size();
  }

  /** Whether another network gives the same answer for an item. */
  public boolean isSame(int item, Predictions other) {
    return answers == null
        ? predicted[item] == other.predicted[item]
        : isSame(answers.get(item), other.answers.get(item));
  }

  private boolean isSame(String a, String b) {
    return a.equals(b)
        || (tolerance > 0 && Math.abs(Double.parseDouble(a) - Double.parseDouble(b)) <= tolerance);
  }

  /**
   * @throws QatException if the items of the two are not the same
   */
  void checkSameItems(Predictions other) {
    boolean same =
        labels == null ? truths.equals(other.truths) : Arrays.equals(labels, other.labels);
    if (metric != other.metric || !same) {
      throw new QatException("networks can be compared on the same test items only");
    }
  }
}
