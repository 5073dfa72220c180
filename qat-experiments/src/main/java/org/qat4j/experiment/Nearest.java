package org.qat4j.experiment;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what the user may have meant. */
final class Nearest {
  private Nearest() {}

  /** The word that differs least, if it differs by about a third of its letters at most. */
  static Optional<String> find(String word, Collection<String> words) {
    return words.stream()
        .filter(w -> Math.abs(word.length() - w.length()) <= most(word, w)) // costs nothing
        .filter(w -> distance(word, w) <= most(word, w))
        .min(Comparator.comparingInt(w -> distance(word, w)));
  }

  /** "; did you mean x?", or nothing. */
  static String question(String word, Collection<String> words) {
    return find(word, words).map(w -> "; did you mean " + w + "?").orElse("");
  }

  private static int most(String a, String b) {
    return (Math.max(a.length(), b.length()) + 1) / 3;
  }

  private static int distance(String a, String b) {
    return LevenshteinDistance.getDefaultInstance()
        .apply(a.toLowerCase(Locale.ROOT), b.toLowerCase(Locale.ROOT));
  }
}
