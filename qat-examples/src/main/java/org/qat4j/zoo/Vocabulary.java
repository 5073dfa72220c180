package org.qat4j.zoo;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.qat4j.data.Example;
import org.qat4j.text.WordTokenizer;

/**
 * What the training texts are made of. Ties are broken by the entries themselves, so that a
 * vocabulary does not depend on the order of the rows.
 */
final class Vocabulary {
  private Vocabulary() {}

  static List<Integer> characters(List<Example> texts, boolean lowerCase, int minCount) {
    Stream<Integer> all =
        texts.stream()
            .flatMap(
                e ->
                    (lowerCase ? e.text().toLowerCase(java.util.Locale.ROOT) : e.text())
                        .codePoints()
                        .boxed());
    return mostFrequent(all, minCount, Integer.MAX_VALUE);
  }

  static List<String> words(
      List<Example> texts, boolean lowerCase, boolean punctuation, int minCount, int size) {
    Stream<String> all =
        texts.stream().flatMap(e -> WordTokenizer.words(e.text(), lowerCase, punctuation).stream());
    return mostFrequent(all, minCount, size);
  }

  private static <T extends Comparable<T>> List<T> mostFrequent(
      Stream<T> all, int minCount, int size) {
    Map<T, Integer> counts = new TreeMap<>();
    all.forEach(entry -> counts.merge(entry, 1, Integer::sum));
    return counts.entrySet().stream()
        .filter(e -> e.getValue() >= minCount)
        .sorted(Comparator.comparing((Map.Entry<T, Integer> e) -> -e.getValue()))
        .limit(size)
        .map(Map.Entry::getKey)
        .toList();
  }
}
