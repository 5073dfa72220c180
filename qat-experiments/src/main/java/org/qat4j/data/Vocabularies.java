package org.qat4j.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.qat4j.QatException;
import org.qat4j.text.BytePairs;
import org.qat4j.text.internal.TokenText;
import org.qat4j.text.internal.WordTokenizer;

/**
 * Vocabularies by count. Equal counts are ordered by a hash of the word, never by where it occurs:
 * where rows are sorted by label, a cut by order of appearance would leave the words of the last
 * labels unknown, and the unknown word itself would become a label.
 */
public final class Vocabularies {
  private Vocabularies() {}

  /**
   * Which words are kept.
   *
   * @param minCount words with fewer occurrences are unknown, ≥ 1; 2 or more leaves rare words
   *     unknown in training, so that the unknown id is trained
   * @param maxSize at most so many are kept, the most frequent, ≥ 1
   * @param minIdf words whose inverse document frequency ln(texts / texts with the word) is lower
   *     are left out; 0 keeps all
   */
  public record Cut(int minCount, int maxSize, double minIdf) {
    public Cut {
      if (minCount < 1 || maxSize < 1 || !(minIdf >= 0)) {
        throw new QatException(
            "a vocabulary needs minCount and maxSize of 1 or more and minIdf of 0 or more, not "
                + minCount
                + ", "
                + maxSize
                + " and "
                + minIdf);
      }
    }

    /** By count alone. */
    public static Cut of(int minCount, int maxSize) {
      return new Cut(minCount, maxSize, 0);
    }
  }

  /** The words of the training texts, as {@link WordTokenizer} splits them. */
  public static Vocabulary<String> words(
      Collection<Example> training, boolean lowerCase, boolean punctuation, Cut cut) {
    Counts<String> counts = new Counts<>();
    for (Example example : training) {
      counts.nextText();
      WordTokenizer words = new WordTokenizer(example.text(), lowerCase, punctuation);
      for (String word = words.next(); word != null; word = words.next()) {
        counts.add(word);
      }
    }
    return counts.cut(cut, Function.identity());
  }

  /** The tokens of the training texts, as {@link TokenText} splits them. */
  public static Vocabulary<String> tokens(
      Collection<Example> training, boolean lowerCase, Cut cut) {
    Counts<String> counts = new Counts<>();
    for (Example example : training) {
      counts.nextText();
      for (String token : TokenText.of(example.text()).tokens()) {
        counts.add(lowerCase ? token.toLowerCase(Locale.ROOT) : token);
      }
    }
    return counts.cut(cut, Function.identity());
  }

  /** The pieces of the training texts and their translations. */
  public static Vocabulary<String> pieces(Collection<Example> training, BytePairs pairs, Cut cut) {
    Counts<String> counts = new Counts<>();
    for (Example example : training) {
      counts.nextText();
      pairs.split(example.text()).forEach(counts::add);
    }
    return counts.cut(cut, Function.identity());
  }

  /** The code points of the training texts. */
  public static Vocabulary<Integer> characters(
      Collection<Example> training, boolean lowerCase, Cut cut) {
    Counts<Integer> counts = new Counts<>();
    for (Example example : training) {
      counts.nextText();
      String text = lowerCase ? example.text().toLowerCase(Locale.ROOT) : example.text();
      text.codePoints().forEach(counts::add);
    }
    return counts.cut(cut, Character::toString);
  }

  /** Occurrences and texts with an occurrence. */
  private static final class Counts<T> {
    private static final class Count {
      long tokens;
      int texts;
      int lastText = -1;
    }

    private record Ranked<T>(T entry, String text, long tokens, long hash) {}

    private final Map<T, Count> counts = new HashMap<>();
    private int text = -1;
    private long tokens;

    void nextText() {
      text++;
    }

    void add(T entry) {
      Count count = counts.computeIfAbsent(entry, e -> new Count());
      count.tokens++;
      if (count.lastText != text) {
        count.lastText = text;
        count.texts++;
      }
      tokens++;
    }

    Vocabulary<T> cut(Cut cut, Function<T, String> name) {
      double mostTexts = (text + 1) * Math.exp(-cut.minIdf());
      List<Ranked<T>> kept =
          counts.entrySet().stream()
              .filter(e -> e.getValue().tokens >= cut.minCount())
              .filter(e -> cut.minIdf() == 0 || e.getValue().texts <= mostTexts)
              .map(e -> ranked(e.getKey(), name.apply(e.getKey()), e.getValue().tokens))
              .sorted(
                  Comparator.comparingLong((Ranked<T> r) -> -r.tokens())
                      .thenComparingLong(Ranked::hash)
                      .thenComparing(Ranked::text))
              .limit(cut.maxSize())
              .toList();
      long known = kept.stream().mapToLong(Ranked::tokens).sum();
      return new Vocabulary<>(
          kept.stream().map(Ranked::entry).toList(), counts.size(), tokens, tokens - known);
    }

    private static <T> Ranked<T> ranked(T entry, String text, long tokens) {
      return new Ranked<>(entry, text, tokens, Hashes.hash48(text));
    }
  }
}
