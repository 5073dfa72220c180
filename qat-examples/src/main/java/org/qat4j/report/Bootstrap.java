package org.qat4j.report;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.qat4j.QatException;

/**
 * Accuracies of several classifiers on resampled test items, over one or more training seeds.
 *
 * <p>Each resample draws as many items as there are, with replacement, and as many seeds as there
 * are, with replacement, and asks every classifier the same: differences are paired, and the items
 * that are hard for one seed are the items that are hard for another (the crossed bootstrap of
 * Owen, Annals of Applied Statistics 1(2), 2007). With a single seed this is the ordinary bootstrap
 * over items.
 *
 * <p>An accuracy depends only on how often each pattern of right and wrong answers was drawn, and
 * there are few patterns: a resample costs one random number and one count per item, however many
 * classifiers and seeds there are.
 */
final class Bootstrap {
  static final int RESAMPLES = 2000;

  /** Of the draws of a report, so that it is the same every time. */
  static final long SEED = 20_260_101;

  private final int seeds;

  /** Share of right answers in a resample, (seed · classifiers + classifier, resample). */
  private final double[][] accuracies;

  /** How often a resample holds a seed, (resample, seed). */
  private final int[][] seedWeights;

  /**
   * @param correct items that are answered rightly, (seed, classifier)
   * @param items number of items, ≥ 1
   * @param randomSeed of the draws
   */
  Bootstrap(BitSet[][] correct, int items, long randomSeed) {
    if (items < 1 || correct.length < 1) {
      throw new QatException("a bootstrap needs at least one item and one seed");
    }
    this.seeds = correct.length;
    BitSet[] columns = Arrays.stream(correct).flatMap(Arrays::stream).toArray(BitSet[]::new);
    this.accuracies = new double[columns.length][RESAMPLES];
    this.seedWeights = new int[RESAMPLES][seeds];
    draw(columns, items, new SplittableRandom(randomSeed));
  }

  private void draw(BitSet[] columns, int items, SplittableRandom random) {
    Map<BitSet, Integer> patterns = new HashMap<>();
    int[] patternOf = new int[items];
    for (int i = 0; i < items; i++) {
      BitSet pattern = new BitSet(columns.length);
      for (int c = 0; c < columns.length; c++) {
        pattern.set(c, columns[c].get(i));
      }
      patternOf[i] = patterns.computeIfAbsent(pattern, p -> patterns.size());
    }
    BitSet[] distinct = new BitSet[patterns.size()];
    patterns.forEach((pattern, id) -> distinct[id] = pattern);
    int[] counts = new int[distinct.length];
    for (int r = 0; r < RESAMPLES; r++) {
      Arrays.fill(counts, 0);
      for (int i = 0; i < items; i++) {
        counts[patternOf[random.nextInt(items)]]++;
      }
      for (int p = 0; p < counts.length; p++) {
        for (int c = distinct[p].nextSetBit(0); c >= 0; c = distinct[p].nextSetBit(c + 1)) {
          accuracies[c][r] += counts[p];
        }
      }
      for (double[] accuracy : accuracies) {
        accuracy[r] /= items;
      }
      for (int s = 0; s < seeds; s++) {
        seedWeights[r][random.nextInt(seeds)]++;
      }
    }
  }

  /** Interval of the accuracy of a classifier, mean over seeds. */
  Interval accuracy(int classifier) {
    return interval((seed, r) -> of(seed, classifier, r));
  }

  /** Interval of the accuracy of {@code a} − that of {@code b}, mean over seeds. */
  Interval difference(int a, int b) {
    return interval((seed, r) -> of(seed, a, r) - of(seed, b, r));
  }

  private double of(int seed, int classifier, int resample) {
    return accuracies[seed * (accuracies.length / seeds) + classifier][resample];
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
