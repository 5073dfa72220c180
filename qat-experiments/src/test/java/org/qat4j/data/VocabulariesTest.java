package org.qat4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.data.Vocabularies.Cut;

class VocabulariesTest {
  private static List<Example> texts(String... texts) {
    List<Example> examples = new ArrayList<>();
    for (String text : texts) {
      examples.add(new Example(text, 0));
    }
    return examples;
  }

  @Test
  void keepsTheMostFrequentWords() {
    Vocabulary<String> words =
        Vocabularies.words(texts("The the cat", "the cat. A dog"), true, true, Cut.of(2, 10));

    assertThat(words.entries()).containsExactly("the", "cat");
    assertThat(words.distinct()).isEqualTo(5);
    assertThat(words.tokens()).isEqualTo(8);
    assertThat(words.unknownTokens()).isEqualTo(3);
    assertThat(Vocabularies.words(texts("a a b b b c"), false, false, Cut.of(1, 2)).entries())
        .containsExactly("b", "a");
  }

  /**
   * Rows sorted by label, each word once: a cut by order of appearance would keep words of one
   * label only.
   */
  @Test
  void tiesDoNotFollowTheOrderOfTheRows() {
    List<Example> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(new Example((i < 500 ? "neg" : "pos") + i, i < 500 ? 0 : 1));
    }
    List<String> kept = Vocabularies.words(rows, true, true, Cut.of(1, 500)).entries();
    assertThat(kept.stream().filter(w -> w.startsWith("neg")).count()).isBetween(200L, 300L);

    for (long seed = 1; seed <= 5; seed++) {
      Collections.shuffle(rows, new Random(seed));
      assertThat(Vocabularies.words(rows, true, true, Cut.of(1, 500)).entries())
          .as("shuffled with seed %d", seed)
          .isEqualTo(kept);
    }
  }

  @Test
  void leavesOutWordsOfLowInverseDocumentFrequency() {
    List<Example> texts = texts("the cat", "the dog", "the cow cow", "a cat");
    // ln(4 / 3) = 0.29 for "the", ln(4 / 2) = 0.69 for "cat", ln(4 / 1) = 1.39 for the others
    assertThat(Vocabularies.words(texts, true, true, new Cut(1, 10, 0.3)).entries())
        .startsWith("cat")
        .containsExactlyInAnyOrder("cat", "cow", "dog", "a");
    assertThat(Vocabularies.words(texts, true, true, new Cut(1, 10, 0.7)).entries())
        .containsExactlyInAnyOrder("cow", "dog", "a");
  }

  @Test
  void countsCodePoints() {
    Vocabulary<Integer> characters =
        Vocabularies.characters(texts("Aa\uD83D\uDE00", "\uD83D\uDE00a"), true, Cut.of(2, 10));
    assertThat(characters.entries()).containsExactly((int) 'a', 0x1F600);
    assertThat(characters.tokens()).isEqualTo(5);
    assertThat(characters.unknownTokens()).isZero();
  }

  @Test
  void refusesImpossibleCuts() {
    assertThatThrownBy(() -> Cut.of(0, 10)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> Cut.of(1, 0)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> new Cut(1, 1, Double.NaN)).isInstanceOf(QatException.class);
  }
}
