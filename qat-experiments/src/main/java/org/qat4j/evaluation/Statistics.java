package org.qat4j.evaluation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.qat4j.QatException;

/** Figures with their uncertainty. Pure functions; what is random depends on a seed alone. */
public final class Statistics {
  /** Confidence of every interval. */
  public static final double CONFIDENCE = 0.95;

  private Statistics() {}

  /** Arithmetic mean of one or more values. */
  public static double mean(double... values) {
    requireSome(values.length);
    double sum = 0;
    for (double v : values) {
      sum += v;
    }
    return sum / values.length;
  }

  /** Standard deviation of a sample, with n − 1; 0 for a single value. */
  public static double standardDeviation(double... values) {
    double mean = mean(values);
    double squares = 0;
    for (double v : values) {
      squares += (v - mean) * (v - mean);
    }
    return values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  /**
   * Interval between the (1 − confidence)/2 and (1 + confidence)/2 quantiles, linear between order
   * statistics (Hyndman and Fan, 1996, type 7).
   */
  public static Interval percentileInterval(double[] values, double confidence) {
    requireSome(values.length);
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Interval(
        quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2));
  }

  private static double quantile(double[] sorted, double p) {
    double at = p * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Interval of an accuracy by the percentile bootstrap over items (Efron and Tibshirani, 1993,
   * chapter 13).
   *
   * @param correct items whose answer is right
   * @param items number of items, ≥ 1
   */
  public static Interval accuracy(BitSet correct, int items, long seed) {
    return new Bootstrap(new Predictions[][] {{rightAt(correct, items)}}, seed).score(0);
  }

  /**
   * Interval of accuracy(a) − accuracy(b) by the percentile bootstrap over items, both classifiers
   * on the same resampled items.
   *
   * @param items number of items, ≥ 1
   */
  public static Interval difference(BitSet a, BitSet b, int items, long seed) {
    Predictions[][] both = {{rightAt(a, items), rightAt(b, items)}};
    return new Bootstrap(both, seed).difference(0, 1);
  }

  /** Answers that are right for some items. */
  static Predictions rightAt(BitSet correct, int items) {
    int[] predicted = new int[items];
    for (int i = 0; i < items; i++) {
      predicted[i] = correct.get(i) ? 0 : 1;
    }
    return Predictions.withoutLoss(new int[items], predicted);
  }

  /**
   * McNemar's exact test: the probability, if both classifiers were equally good, of a split of the
   * items that one alone answers rightly at least as uneven as this one; two-sided binomial.
   *
   * @param onlyA items that only the first classifier answers rightly
   * @param onlyB items that only the second does
   * @return p in (0, 1]
   */
  public static double mcNemar(long onlyA, long onlyB) {
    if (onlyA < 0 || onlyB < 0) {
      throw new QatException("numbers of items are not negative: " + onlyA + ", " + onlyB);
    }
    long n = onlyA + onlyB;
    double logTerm = -n * Math.log(2); // ln of C(n, k) / 2^n, from k = 0 on
    double tail = Math.exp(logTerm);
    for (long k = 1; k <= Math.min(onlyA, onlyB); k++) {
      logTerm += Math.log((double) (n - k + 1) / k);
      tail += Math.exp(logTerm);
    }
    return Math.min(1, 2 * tail);
  }

  /** Cosine of the angle between two vectors; 0 where one has the length 0. */
  static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    return squaresA == 0 || squaresB == 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
  }

  private static void requireSome(int n) {
    if (n == 0) {
      throw new QatException("statistics need at least one value");
    }
  }

  /**
   * Ranks from 1, the smallest first; equal values have the mean of theirs.
   *
   * @param values none of them NaN
   */
  public static double[] ranks(double[] values) {
    Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
    double[] ranks = new double[values.length];
    for (int from = 0, to; from < order.length; from = to) {
      to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int k = from; k < to; k++) {
        ranks[order[k]] = (from + 1 + to) / 2.0;
      }
    }
    return ranks;
  }
}
