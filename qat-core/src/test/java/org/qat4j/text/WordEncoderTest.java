package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.text.internal.WordTokenizer;

class WordEncoderTest {

  @Test
  void splitsAtWhatIsNoLetterAndNoDigit() {
    assertThat(WordTokenizer.words("One, two--3four  (five)!", false, false))
        .containsExactly("One", "two", "3four", "five");
  }

  @Test
  void keepsPunctuationWhereAsked() {
    assertThat(WordTokenizer.words("Who? \t\n me…😀", true, true))
        .containsExactly("who", "?", "me", "…", "😀");
  }

  @Test
  void anApostropheBelongsToAWordOnlyBeforeALetter() {
    assertThat(WordTokenizer.words("don't 'tis dogs' o’clock rock'n'roll '", false, true))
        .containsExactly("don't", "'", "tis", "dogs", "'", "o’clock", "rock'n'roll", "'");
    assertThat(WordTokenizer.words("it''s", false, false)).containsExactly("it", "s");
  }

  @Test
  void marksBelongToTheirLetters() {
    assertThat(WordTokenizer.words("e\u0301t\u00e9 हिन्दी", false, false))
        .containsExactly("e\u0301t\u00e9", "हिन्दी");
  }

  @Test
  void dropsHalvesOfCharacters() {
    assertThat(WordTokenizer.words("a\ud83d b\ude00c", false, true)).containsExactly("a", "b", "c");
  }

  @Test
  void lowersByTheRootLocale() {
    assertThat(WordTokenizer.words("TITLE ΟΔΟΣ", true, false)).containsExactly("title", "οδος");
  }

  @Test
  void givesEachWordItsPlace() {
    WordEncoder encoder = new WordEncoder(List.of("b", "a", "."), 6, true, true, false);

    assertThat(encoder.encode("A x b.")).containsExactly(3, 1, 2, 4, 0, 0);
    assertThat(encoder.vocabularySize()).isEqualTo(5);
  }

  @Test
  void tellsWordsOfOneHashApart() {
    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    WordEncoder encoder = new WordEncoder(List.of("BB", "AaBB"), 5, false, false, false);

    assertThat(encoder.encode("Aa BB AaBB BBAa AaAa")).containsExactly(1, 2, 3, 1, 1);
  }

  @Property(seed = "1")
  void findsTheWordsThatTheTokenizerGives(@ForAll String text, @ForAll boolean punctuation) {
    List<String> words = WordTokenizer.words(text, false, punctuation);
    List<String> known = words.stream().distinct().filter(w -> w.hashCode() % 3 != 0).toList();
    int[] expected = words.stream().mapToInt(w -> known.indexOf(w) + 2).toArray();

    WordEncoder encoder =
        new WordEncoder(known, Math.max(1, words.size()), false, punctuation, false);

    assertThat(Arrays.copyOf(encoder.encode(text), words.size())).isEqualTo(expected);
  }

  @Test
  void skipsUnknownWordsWhereAsked() {
    WordEncoder encoder = new WordEncoder(List.of("b", "a"), 3, true, false, true);

    assertThat(encoder.encode("x a y b z a")).containsExactly(3, 2, 3);
    assertThat(encoder.encode("x y")).containsExactly(0, 0, 0);
  }

  @Property(seed = "1")
  void everyIdLiesInTheVocabulary(
      @ForAll String text,
      @ForAll boolean lowerCase,
      @ForAll boolean punctuation,
      @ForAll boolean skip,
      @ForAll @IntRange(min = 1, max = 9) int n) {
    WordEncoder encoder = new WordEncoder(List.of("a", "b", "!"), n, lowerCase, punctuation, skip);

    int[] ids = encoder.encode(text);

    assertThat(ids).hasSize(n);
    assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < encoder.vocabularySize());
    assertThat(Arrays.stream(ids)).allMatch(id -> !skip || id != 1);
    assertThat(encoder.encode(text)).isEqualTo(ids);
  }

  @Property(seed = "1")
  void wordsAreTheTextWithoutWhatIsBetween(@ForAll String text, @ForAll boolean punctuation) {
    List<String> words = WordTokenizer.words(text, false, punctuation);

    int at = 0;
    for (String word : words) {
      assertThat(word).isNotEmpty();
      assertThat(text.indexOf(word, at)).isGreaterThanOrEqualTo(at);
      at = text.indexOf(word, at) + word.length();
    }
    // A word that is met alone is itself.
    for (String word : words) {
      assertThat(WordTokenizer.words(word, false, punctuation)).containsExactly(word);
    }
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> new WordEncoder(List.of("a", "b", "a"), 3, true, false, true))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"a\" is twice in the vocabulary");
    assertThatThrownBy(() -> new WordEncoder(List.of("a"), -1, true, false, true))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1 id or more, not -1");
  }

  @Test
  void wordsThatAreNotKeptAreUnknown() {
    BitSet ids = new BitSet();
    ids.set(3);
    List<String> words = List.of("a", "b", "c");
    assertThat(new WordEncoder(words, 3, false, false, false).keeping(ids).encode("a b c"))
        .containsExactly(1, 2, 1);
    assertThat(new WordEncoder(words, 3, false, false, true).keeping(ids).encode("a b c"))
        .containsExactly(2, 0, 0);
  }
}
