package org.qat4j.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.qat4j.QatException;

/**
 * Scores of several stages on resampled test items, over one or more training seeds.
 *
 * <p>Each resample draws as many items as there are, with replacement, and as many seeds as there
 * are, with replacement, and asks every stage the same: differences are paired, and the items that
 * are hard for one seed are the items that are hard for another (the crossed bootstrap of Owen,
 * Annals of Applied Statistics 1(2), 2007). With a single seed this is the ordinary bootstrap over
 * items.
 *
 * <p>A score depends only on how often each pattern of counts was drawn, and where answers are
 * right or wrong there are few patterns: a resample costs one random number and one count per item,
 * however many stages and seeds there are.
 */
public final class Bootstrap {
  public static final int RESAMPLES = 2000;

  /** Of the draws of a report, so that it is the same every time. */
  static final long SEED = 20_260_101;

  private final int seeds;
  private final Metric metric;

  /** Score in a resample, (seed · stages + stage, resample). */
  private final double[][] scores;

  /** How often a resample holds a seed, (resample, seed). */
  private final int[][] seedWeights;

  /**
   * @param answers to the same items, (seed, stage)
   * @param randomSeed of the draws
   */
  Bootstrap(Predictions[][] answers, long randomSeed) {
    if (answers.length < 1) {
      throw new QatException("a bootstrap needs at least one seed");
    }
    this.seeds = answers.length;
    Predictions[] columns =
        Arrays.stream(answers).flatMap(Arrays::stream).toArray(Predictions[]::new);
    this.metric = columns[0].metric();
    this.scores = new double[columns.length][RESAMPLES];
    this.seedWeights = new int[RESAMPLES][seeds];
    draw(columns, new SplittableRandom(randomSeed));
  }

  private void draw(Predictions[] columns, SplittableRandom random) {
    int items = columns[0].size();
    Map<Pattern, Integer> patterns = new LinkedHashMap<>();
    int[] patternOf = new int[items];
    for (int i = 0; i < items; i++) {
      Pattern pattern = new Pattern(columns, i);
      patternOf[i] = patterns.computeIfAbsent(pattern, p -> patterns.size());
    }
    Pattern[] distinct = patterns.keySet().toArray(new Pattern[0]);
    int width = columns[0].counts(0).length;
    double[] sums = new double[width];
    int[] drawn = new int[distinct.length];
    for (int r = 0; r < RESAMPLES; r++) {
      Arrays.fill(drawn, 0);
      for (int i = 0; i < items; i++) {
        drawn[patternOf[random.nextInt(items)]]++;
      }
      for (int c = 0; c < columns.length; c++) {
        Arrays.fill(sums, 0);
        for (int p = 0; p < drawn.length; p++) {
          for (int k = 0; k < width; k++) {
            sums[k] += drawn[p] * distinct[p].counts[c * width + k];
          }
        }
        scores[c][r] = metric.of(sums);
      }
      for (int s = 0; s < seeds; s++) {
        seedWeights[r][random.nextInt(seeds)]++;
      }
    }
  }

  /** Counts of one item in all columns; equal where all of them are. */
  private static final class Pattern {
    final double[] counts; // (column · width)

    Pattern(Predictions[] columns, int item) {
      counts = Arrays.stream(columns).flatMapToDouble(c -> Arrays.stream(c.counts(item))).toArray();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Pattern p && Arrays.equals(counts, p.counts);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(counts);
    }
  }

  /** Interval of the score of a stage, mean over seeds. */
  Interval score(int stage) {
    return interval((seed, r) -> of(seed, stage, r));
  }

  /** Interval of how much better {@code a} is than {@code b}, mean over seeds. */
  Interval difference(int a, int b) {
    return interval((seed, r) -> metric.gain(of(seed, a, r), of(seed, b, r)));
  }

  /** Interval of (a − b) − (c − d), mean over seeds. */
  Interval gain(int a, int b, int c, int d) {
    return interval(
        (seed, r) -> of(seed, a, r) - of(seed, b, r) - (of(seed, c, r) - of(seed, d, r)));
  }

  private double of(int seed, int stage, int resample) {
    return scores[seed * (scores.length / seeds) + stage][resample];
  }

  /** A figure of one seed in one resample. */
  private interface Figure {
    double of(int seed, int resample);
  }

  private Interval interval(Figure figure) {
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int s = 0; s < seeds; s++) {
        means[r] += seedWeights[r][s] * figure.of(s, r) / seeds;
      }
    }
    return Statistics.percentileInterval(means, Statistics.CONFIDENCE);
  }
}
