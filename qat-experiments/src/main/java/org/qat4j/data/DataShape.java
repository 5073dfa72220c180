package org.qat4j.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.qat4j.text.internal.WordTokenizer;

/**
 * What the network that suits a data set depends on, taken from the training texts alone.
 *
 * @param question what is asked of the texts
 * @param rows number of texts
 * @param classes number of classes; 1 where there are numbers
 * @param words distinct words that occur twice or more
 * @param whole of whole texts
 * @param first of their first field, where texts are pairs
 * @param second of their second field
 */
public record DataShape(
    Question question,
    int rows,
    int classes,
    int words,
    Lengths whole,
    Lengths first,
    Lengths second) {
  private static final double LONG = 0.99;

  /**
   * How long texts are.
   *
   * @param median number of words
   * @param most number of words that 99 of 100 texts do not exceed, punctuation marks counted
   * @param characters that 99 of 100 texts do not exceed
   */
  public record Lengths(int median, int most, int characters) {
    private static Lengths of(List<String> texts) {
      return new Lengths(
          quantile(texts.stream().mapToInt(t -> words(t, false)).toArray(), 0.5),
          quantile(texts.stream().mapToInt(t -> words(t, true)).toArray(), LONG),
          quantile(texts.stream().mapToInt(t -> t.codePointCount(0, t.length())).toArray(), LONG));
    }

    private static int words(String text, boolean punctuation) {
      return WordTokenizer.words(text, true, punctuation).size();
    }

    /** The smallest value that so large a share of all does not exceed. */
    private static int quantile(int[] values, double share) {
      Arrays.sort(values);
      return values.length == 0 ? 0 : values[(int) Math.ceil(share * values.length) - 1];
    }
  }

  /** The shape of a data set. */
  public static DataShape of(Dataset data) {
    List<String> texts = data.train().stream().map(Example::text).toList();
    boolean pairs = data.question() == Question.RANKING;
    return new DataShape(
        data.question(),
        texts.size(),
        data.question().choices(data.labels()),
        words(texts),
        Lengths.of(texts),
        pairs ? Lengths.of(texts.stream().map(text -> field(text, 0)).toList()) : null,
        pairs ? Lengths.of(texts.stream().map(text -> field(text, 1)).toList()) : null);
  }

  private static String field(String text, int field) {
    return Stream.concat(Stream.of(text.split("\t", -1)), IntStream.range(0, 2).mapToObj(i -> ""))
        .skip(field)
        .findFirst()
        .orElseThrow();
  }

  private static int words(List<String> texts) {
    Map<String, Integer> counts = new HashMap<>();
    for (String text : texts) {
      WordTokenizer words = new WordTokenizer(text, true, true);
      for (String word = words.next(); word != null; word = words.next()) {
        counts.merge(word, 1, Integer::sum);
      }
    }
    return (int) counts.values().stream().filter(n -> n > 1).count();
  }

  /** Training texts of a class, the mean over the classes. */
  public double perClass() {
    return rows / (double) classes;
  }
}
