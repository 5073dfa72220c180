package org.qat4j.baseline;

import java.util.List;
import java.util.stream.IntStream;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;

/**
 * What the validation texts choose of a linear model: the terms at C = 1, then C with these terms.
 * The models that are compared learn from a part of the training texts where there are many; the
 * chosen one from all training and validation texts.
 *
 * @param terms that are counted
 * @param cost the C of LIBLINEAR
 */
public record LinearChoice(Terms terms, double cost) {
  private static final double FIRST_COST = 1;
  private static final List<Double> OTHER_COSTS = List.of(0.1, 0.3, 3.0);

  /** Of the texts that the compared models learn from. */
  private static final int MOST_TEXTS = 5_000;

  private static final long MOST_CHARACTERS = 3_000_000;

  /** Of longer training texts together, words alone are counted, lest memory run out. */
  private static final long MOST_CHARACTERS_IN_RUNS = 40_000_000;

  /** Trains a model and says how good it is on the validation texts: the more, the better. */
  public interface Trial {
    double score(LinearChoice choice);
  }

  /**
   * The choice; of equally good ones the first.
   *
   * @param terms that the experiment asks for
   * @param training texts that the chosen model is to learn from
   */
  public static LinearChoice best(Terms terms, List<Example> training, Trial trial) {
    List<Terms> counted =
        terms != Terms.ALL
            ? List.of(terms)
            : characters(training) > MOST_CHARACTERS_IN_RUNS
                ? List.of(Terms.WORDS)
                : List.of(Terms.WORDS, Terms.ALL);
    LinearChoice best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (Terms some : counted) {
      LinearChoice next = new LinearChoice(some, FIRST_COST);
      double score = trial.score(next);
      if (best == null || score > most) {
        best = next;
        most = score;
      }
    }
    for (double cost : OTHER_COSTS) {
      LinearChoice next = new LinearChoice(best.terms, cost);
      double score = trial.score(next);
      if (score > most) {
        best = next;
        most = score;
      }
    }
    return best;
  }

  /** The training texts that compared models learn from: every second, third and so on. */
  public static List<Example> some(List<Example> training) {
    long every =
        Math.max(
            1 + (training.size() - 1) / MOST_TEXTS, 1 + characters(training) / MOST_CHARACTERS);
    return IntStream.range(0, training.size())
        .filter(i -> i % every == 0)
        .mapToObj(training::get)
        .toList();
  }

  private static long characters(List<Example> texts) {
    return texts.stream().mapToLong(e -> e.text().length()).sum();
  }
}
