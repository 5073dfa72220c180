package org.qat4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.qat4j.QatException;

/** Reads the option --seeds. */
final class Seeds {
  private static final int MOST = 1000;

  private Seeds() {}

  /**
   * The seeds that the user means.
   *
   * @param option a number N for the seeds 1 to N, or seeds with commas between; null for the
   *     experiment's own
   * @throws QatException if it is neither, or a seed is listed twice
   */
  static List<Long> parse(String option, long own) {
    if (option == null) {
      return List.of(own);
    }
    try {
      if (!option.contains(",")) {
        int n = Integer.parseInt(option.strip());
        if (n >= 1 && n <= MOST) {
          return LongStream.rangeClosed(1, n).boxed().toList();
        }
      } else {
        List<Long> seeds = new ArrayList<>();
        for (String part : option.split(",", -1)) {
          seeds.add(Long.valueOf(part.strip()));
        }
        if (seeds.stream().distinct().count() == seeds.size()) {
          return seeds;
        }
      }
    } catch (NumberFormatException e) {
      throw wrong(option);
    }
    throw wrong(option);
  }

  private static QatException wrong(String option) {
    return new QatException(
        "--seeds takes a number from 1 to "
            + MOST
            + ", or different seeds with commas between as in 1,2,3; not \""
            + option
            + "\"");
  }
}
