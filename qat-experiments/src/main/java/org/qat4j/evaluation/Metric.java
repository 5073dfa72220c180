package org.qat4j.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How good the answers on a test set are: a function of counts that are added up over its items. It
 * says itself whether it is a share, from 0 to 1, and whether larger is better. What is drawn again
 * in a bootstrap is items, so that a metric of the whole set, such as an F-measure, has intervals
 * as an accuracy has.
 */
public enum Metric {
  /** Share of right answers; counts are {right, 1}. */
  ACCURACY("accuracy", "accuracy") {
    @Override
    public double of(double[] counts) {
      return ratio(counts[0], counts[1]);
    }
  },
  /**
   * Harmonic mean of precision and recall of spans, where a span is right if begin, end and kind
   * are (Tjong Kim Sang and De Meulder, CoNLL-2003); counts are {right, predicted, true} spans.
   */
  SPAN_F1("f1", "span F1") {
    @Override
    public double of(double[] counts) {
      return ratio(2 * counts[0], counts[1] + counts[2]);
    }

    @Override
    public Map<String, Double> parts(double[] counts) {
      Map<String, Double> parts = new LinkedHashMap<>();
      parts.put("precision", ratio(counts[0], counts[1]));
      parts.put("recall", ratio(counts[0], counts[2]));
      return parts;
    }
  },
  /**
   * Mean average precision of ranked answers (Manning, Raghavan and Schütze, 2008, 8.4); counts are
   * {average precision, reciprocal rank, 1} of a question.
   */
  RANKING("map", "MAP") {
    @Override
    public double of(double[] counts) {
      return ratio(counts[0], counts[2]);
    }

    @Override
    public Map<String, Double> parts(double[] counts) {
      return Map.of("mrr", ratio(counts[1], counts[2]));
    }
  },
  /** {@link Bleu} of translations; counts are {@link Bleu#counts}, then {right, 1}. */
  BLEU("bleu", "BLEU") {
    @Override
    public double of(double[] counts) {
      return Bleu.of(counts);
    }

    @Override
    public Map<String, Double> parts(double[] counts) {
      return Map.of("exact", ratio(counts[Bleu.COUNTS], counts[Bleu.COUNTS + 1]));
    }

    @Override
    public String learningTitle() {
      return "right pieces";
    }
  },
  /**
   * Root of the mean squared error of numbers, in their unit; smaller is better. Counts are
   * {squared error, 1}, then, for Spearman's coefficient, {r, s, r², s², r·s} of the ranks r and s
   * of the right number and of the answer in the whole test set.
   */
  RMSE("rmse", "RMSE") {
    @Override
    public double of(double[] counts) {
      return Math.sqrt(ratio(counts[0], counts[1]));
    }

    /** The correlation of the ranks, −1 to 1; 0 where all answers are the same. */
    @Override
    public Map<String, Double> parts(double[] counts) {
      double n = counts[1];
      double r = n * counts[4] - counts[2] * counts[2];
      double s = n * counts[5] - counts[3] * counts[3];
      double both = n * counts[6] - counts[2] * counts[3];
      return Map.of("spearman", r <= 0 || s <= 0 ? 0 : both / Math.sqrt(r * s));
    }

    @Override
    public boolean isShare() {
      return false;
    }

    @Override
    public double gain(double score, double over) {
      return over - score;
    }

    @Override
    double tolerance(List<String> truths) {
      double[] numbers = truths.stream().mapToDouble(Double::parseDouble).toArray();
      return numbers.length < 2 ? 0 : SAME * Statistics.standardDeviation(numbers);
    }

    @Override
    public String learningTitle() {
      return "Spearman";
    }
  };

  /** Of the standard deviation of the right numbers: answers nearer than that are the same. */
  private static final double SAME = 0.1;

  private final String key;
  private final String title;

  Metric(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** Name in JSON. */
  public String key() {
    return key;
  }

  /** Name for people. */
  public String title() {
    return title;
  }

  /**
   * The metric.
   *
   * @param counts sums over the items
   */
  public abstract double of(double[] counts);

  /** Whether it is a share, from 0 to 1, which people read in percent. */
  public boolean isShare() {
    return true;
  }

  /** How much better a score is than another: positive where it is better. */
  public double gain(double score, double over) {
    return score - over;
  }

  /** What is told of the validation texts after an epoch, for people; a share, larger is better. */
  public String learningTitle() {
    return title;
  }

  /**
   * Distance up to which answers are the same.
   *
   * @param truths right answers
   */
  double tolerance(List<String> truths) {
    return 0;
  }

  /** Further figures by their names in JSON. */
  public Map<String, Double> parts(double[] counts) {
    return Map.of();
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
