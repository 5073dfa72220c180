package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class NgramEncoderTest {

  /** The hash as the format document has it, over the code points of one n-gram. */
  private static int id(String ngram, int buckets) {
    int[] points = ngram.codePoints().toArray();
    long h = 0x811c9dc5L ^ points.length;
    for (int c : points) {
      h = (h ^ c) * 0x01000193L % (1L << 32);
    }
    h ^= h / (1 << 15);
    return (int) (1 + h % buckets);
  }

  @Test
  void takesTheShortestFirstWithASpaceOnEitherSide() {
    int[] ids = new NgramEncoder(2, 3, 1000, 8, false).encode("ab");

    assertThat(ids)
        .containsExactly(
            id(" a", 1000),
            id("ab", 1000),
            id("b ", 1000),
            id(" ab", 1000),
            id("ab ", 1000),
            0,
            0,
            0);
  }

  @Property(seed = "1")
  void givesTheIdsOfAllNgramsInOrderHoweverLongTheText(
      @ForAll String text,
      @ForAll @IntRange(min = 1, max = 3) int minN,
      @ForAll @IntRange(max = 2) int more,
      @ForAll @IntRange(min = 1, max = 12) int length) {
    int[] s = (" " + text + " ").codePoints().toArray();
    List<Integer> all = new ArrayList<>();
    for (int n = minN; n <= minN + more; n++) {
      for (int i = 0; i + n <= s.length; i++) {
        all.add(id(new String(s, i, n), 999));
      }
    }
    int[] expected = new int[length];
    for (int i = 0; i < Math.min(length, all.size()); i++) {
      expected[i] = all.get(i);
    }

    NgramEncoder encoder = new NgramEncoder(minN, minN + more, 999, length, false);

    assertThat(encoder.encode(text)).isEqualTo(expected);
  }

  @Test
  void countsCodePointsAndNotChars() {
    assertThat(new NgramEncoder(3, 3, 1000, 2, false).encode("😀"))
        .containsExactly(id(" 😀 ", 1000), 0);
  }

  @Test
  void nIsPartOfTheHash() {
    // The same characters, seen as one n-gram of 2 or as the beginning of one of 3.
    assertThat(id("aa", 1 << 30)).isNotEqualTo(id("aaa", 1 << 30));
    assertThat(new NgramEncoder(1, 1, 1000, 3, false).encode("a"))
        .isNotEqualTo(new NgramEncoder(2, 2, 1000, 3, false).encode("a"));
  }

  @Test
  void lowersByTheRootLocaleWhereAsked() {
    assertThat(new NgramEncoder(1, 3, 1000, 20, true).encode("ÄI"))
        .isEqualTo(new NgramEncoder(1, 3, 1000, 20, false).encode("äi"));
    assertThat(new NgramEncoder(1, 3, 1000, 20, false).encode("ÄI"))
        .isNotEqualTo(new NgramEncoder(1, 3, 1000, 20, false).encode("äi"));
  }

  @Test
  void spreadsOverTheBuckets() {
    int buckets = 4096;
    Set<Integer> used = new HashSet<>();
    for (char a = 'a'; a <= 'z'; a++) {
      for (char b = 'a'; b <= 'z'; b++) {
        for (char c = 'a'; c <= 'f'; c++) {
          used.add(id("" + a + b + c, buckets));
        }
      }
    }
    // 4056 n-grams, thrown at random, leave e^-0.99 = 37 % of the buckets empty.
    assertThat(used.size() / (double) buckets).isBetween(0.60, 0.66);
  }

  @Property(seed = "1")
  void everyIdLiesInTheVocabulary(
      @ForAll String text,
      @ForAll @IntRange(min = 1, max = 4) int minN,
      @ForAll @IntRange(min = 0, max = 3) int more,
      @ForAll @IntRange(min = 1, max = 70) int buckets,
      @ForAll @IntRange(min = 1, max = 30) int length) {
    NgramEncoder encoder = new NgramEncoder(minN, minN + more, buckets, length, true);

    int[] ids = encoder.encode(text);

    assertThat(ids).hasSize(length);
    assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < encoder.vocabularySize());
    assertThat(encoder.encode(text)).isEqualTo(ids);
  }

  @Test
  void nothingIsLongerThanTheText() {
    assertThat(new NgramEncoder(4, Integer.MAX_VALUE, 1000, 5, false).encode("ab"))
        .containsExactly(id(" ab ", 1000), 0, 0, 0, 0);
  }

  @Test
  void saysWhatIsWrong() {
    refuses(0, 3, 10, 5, "n-grams of 0 to 3 characters");
    refuses(3, 2, 10, 5, "n-grams of 3 to 2 characters");
    refuses(1, 2, 0, 5, "buckets, not 0");
    refuses(1, 2, Integer.MAX_VALUE, 5, "buckets, not 2147483647");
    refuses(1, 2, 10, 0, "1 id or more, not 0");
  }

  /** What is not kept is not there, and the rest is numbered anew. */
  @Property(seed = "1")
  void subsets(@ForAll String text, @ForAll Set<@IntRange(max = 49) Integer> buckets) {
    BitSet ids = new BitSet();
    buckets.forEach(b -> ids.set(1 + b));
    NgramEncoder all = new NgramEncoder(1, 3, 50, 1000, false);
    if (ids.isEmpty()) {
      assertThatThrownBy(() -> all.keeping(ids)).hasMessageContaining("nothing is kept");
      return;
    }
    NgramEncoder some = new NgramEncoder(1, 3, 50, 7, false).keeping(ids);
    int[] expected =
        Arrays.stream(all.encode(text))
            .filter(ids::get)
            .map(id -> ids.get(0, id).cardinality() + 1)
            .toArray();

    assertThat(some.vocabularySize()).isEqualTo(1 + buckets.size());
    assertThat(some.encode(text)).isEqualTo(Arrays.copyOf(expected, 7));
    BitSet first = new BitSet();
    first.set(1);
    assertThat(some.keeping(first).kept().count()).isEqualTo(1);
  }

  @Test
  void subsetsThatAreNone() {
    assertThatThrownBy(
            () -> new NgramEncoder(1, 2, 33, 5, false, new NgramEncoder.Subset(new int[] {1})))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1 words of 32 bits do not tell which of 33 buckets are kept");
    assertThatThrownBy(
            () -> new NgramEncoder(1, 2, 3, 5, false, new NgramEncoder.Subset(new int[] {8})))
        .isInstanceOf(QatException.class);
    assertThatThrownBy(
            () -> new NgramEncoder(1, 65, 3, 5, false, new NgramEncoder.Subset(new int[] {1})))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at most 64");
  }

  private static void refuses(int minN, int maxN, int buckets, int length, String message) {
    assertThatThrownBy(() -> new NgramEncoder(minN, maxN, buckets, length, false))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(message);
  }
}
