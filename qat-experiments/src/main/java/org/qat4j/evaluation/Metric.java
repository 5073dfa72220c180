package org.qat4j.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How good the answers on a test set are: a function, from 0 to 1, of counts that are added up over
 * its items. What is drawn again in a bootstrap is items, so that a metric of the whole set, such
 * as an F-measure, has intervals as an accuracy has.
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
  };

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

  /** Further figures by their names in JSON. */
  public Map<String, Double> parts(double[] counts) {
    return Map.of();
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
