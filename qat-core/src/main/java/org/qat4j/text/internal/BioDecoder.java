package org.qat4j.text.internal;

import java.util.Arrays;
import java.util.List;

/**
 * Finds the most probable sequence of tags that is one: I-X follows B-X or I-X alone, and begins no
 * sentence. Viterbi's algorithm over the sum of the log probabilities of the steps; of equally
 * probable sequences it takes the one with the lowest tags, from the last step backwards.
 */
public final class BioDecoder {
  /** Smallest probability that is told from 0. */
  private static final double TINY = 1e-30;

  private static final int FREE = -1;

  /** For each tag I-X those of B-X and I-X, else null: any tag may come before. */
  private final int[][] before;

  /**
   * @param tags names of the tags, in the order of the network's classes; what is not of the form
   *     I-X may follow everything
   */
  public BioDecoder(List<String> tags) {
    before = new int[tags.size()][];
    for (int i = 0; i < before.length; i++) {
      if (tags.get(i).startsWith("I-")) {
        int begin = tags.indexOf("B-" + tags.get(i).substring(2));
        before[i] = begin < 0 ? new int[] {i} : new int[] {Math.min(begin, i), Math.max(begin, i)};
      }
    }
  }

  /**
   * The tags of a sentence.
   *
   * @param probabilities of the tags at each step, [steps, tags] row-major; may be longer
   * @param steps of the sentence
   * @return the index of one tag for each step
   */
  public int[] decode(float[] probabilities, int steps) {
    int n = before.length;
    int[][] from = new int[steps][n];
    double[] best = new double[n];
    double[] next = new double[n];
    for (int t = 0; t < steps; t++) {
      int any = t == 0 ? FREE : highest(best);
      for (int tag = 0; tag < n; tag++) {
        int previous = any;
        double score = t == 0 ? 0 : best[Math.max(any, 0)];
        if (before[tag] != null) {
          previous = t == 0 ? FREE : better(best, before[tag]);
          score = t == 0 ? Double.NEGATIVE_INFINITY : best[previous];
        }
        from[t][tag] = previous;
        next[tag] = score + Math.log(Math.max(probabilities[t * n + tag], TINY));
      }
      double[] swap = best;
      best = next;
      next = swap;
    }
    int[] tags = new int[steps];
    for (int t = steps - 1; t >= 0; t--) {
      tags[t] = t == steps - 1 ? highest(best) : from[t + 1][tags[t + 1]];
    }
    return tags;
  }

  private static int better(double[] scores, int[] candidates) {
    int last = candidates[candidates.length - 1];
    return scores[last] > scores[candidates[0]] ? last : candidates[0];
  }

  /** Of equal ones the first. */
  private static int highest(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    int i = 0;
    while (scores[i] != max) {
      i++;
    }
    return i;
  }
}
