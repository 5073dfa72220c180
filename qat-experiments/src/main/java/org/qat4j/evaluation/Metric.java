package org.qat4j.evaluation;

import java.util.Arrays;
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
      return Map.of("spearman", correlation(counts, 1));
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
  },
  /**
   * Spearman's coefficient of the cosines of the vectors of two texts, and of how much these mean
   * the same. Counts are {1, r, s, r², s², r·s} of the ranks r and s of the right number and of the
   * cosine in the whole test set, then {mean, smaller} of the cosines of the two vectors to those
   * of the float network, NaN where they were not compared.
   */
  VECTORS("spearman", "Spearman") {
    private static final int MEAN = 6;
    private static final int SMALLER = 7;

    @Override
    public double of(double[] counts) {
      return correlation(counts, 0);
    }

    @Override
    Map<String, Double> parts(double[] counts, double[][] items) {
      if (Double.isNaN(counts[MEAN])) {
        return Map.of();
      }
      Map<String, Double> parts = new LinkedHashMap<>();
      parts.put("cosine", counts[MEAN] / counts[0]);
      parts.put("lowestCosine", Arrays.stream(items).mapToDouble(i -> i[SMALLER]).min().orElse(0));
      return parts;
    }

    @Override
    boolean knowsRightAnswers() {
      return false;
    }

    @Override
    double tolerance(List<String> truths) {
      return SAME_COSINE;
    }
  };

  /** Cosines nearer than that are the same. */
  private static final double SAME_COSINE = 0.02;

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

  /**
   * The same where a figure is no function of sums.
   *
   * @param items counts of each
   */
  Map<String, Double> parts(double[] counts, double[][] items) {
    return parts(counts);
  }

  /** Whether an answer can be right, and not only near the right order. */
  boolean knowsRightAnswers() {
    return true;
  }

  /**
   * Correlation of ranks, −1 to 1; 0 where all are the same.
   *
   * @param counts from {@code at} on {n, r, s, r², s², r·s}
   */
  private static double correlation(double[] counts, int at) {
    double n = counts[at];
    double r = n * counts[at + 3] - counts[at + 1] * counts[at + 1];
    double s = n * counts[at + 4] - counts[at + 2] * counts[at + 2];
    double both = n * counts[at + 5] - counts[at + 1] * counts[at + 2];
    return r <= 0 || s <= 0 ? 0 : both / Math.sqrt(r * s);
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
