package org.qat4j.task.regression;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Ratings of hotels that are made up from a seed: a few words on the room, the staff and the
 * breakfast, and what follows for the whole, from 0 to 5. How much a word counts depends on what it
 * is said of, so that words and pairs of words do not tell all. Rows: text, tab, number.
 */
public final class Ratings {
  private static final List<String> WORDS =
      List.of("awful", "poor", "plain", "fine", "good", "superb");
  private static final List<String> OF = List.of("room", "staff", "breakfast");

  /** What each of them counts; together 1. */
  private static final double[] WEIGHTS = {0.6, 0.3, 0.1};

  private static final double NOISE = 0.1;

  private Ratings() {}

  /** So many rows. */
  public static String table(int rows, long seed) {
    Random random = new Random(seed);
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      double rating = NOISE * random.nextGaussian();
      int first = random.nextInt(OF.size());
      for (int k = 0; k < OF.size(); k++) {
        int what = (first + k) % OF.size();
        int word = random.nextInt(WORDS.size());
        rating += WEIGHTS[what] * word;
        table.append(k == 0 ? "the " : " , the ").append(OF.get(what)).append(" was ");
        table.append(WORDS.get(word));
      }
      table.append(String.format(Locale.ROOT, "\t%.2f\n", Math.max(0, Math.min(5, rating))));
    }
    return table.toString();
  }
}
