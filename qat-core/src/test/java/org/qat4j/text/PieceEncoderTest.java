package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.text.BytePairs.Pair;

class PieceEncoderTest {
  private static final BytePairs PAIRS =
      new BytePairs(List.of(new Pair("d", "o"), new Pair("▁", "do"), new Pair("▁do", "g")));
  private static final PieceEncoder ENCODER =
      new PieceEncoder(PAIRS, List.of("▁dog", "s", ".", "▁do"), 4, 5);

  @Test
  void sourceAndTranslationArePaddedByThemselves() {
    assertThat(ENCODER.encode("dogs.\tdog do")).containsExactly(3, 4, 5, 0, 2, 3, 6, 0, 0);
    assertThat(ENCODER.encode("dog dog dog dog dog")).containsExactly(3, 3, 3, 3, 2, 0, 0, 0, 0);
    assertThat(ENCODER.encode("\tdog dog dog dog dog")).containsExactly(0, 0, 0, 0, 2, 3, 3, 3, 3);
    assertThat(ENCODER.encode("x dog")).containsExactly(1, 1, 3, 0, 2, 0, 0, 0, 0);
  }

  /** The label of a step is the id of the step behind it. */
  @Test
  void whatComesNext() {
    assertThat(ENCODER.next("x\tdog do")).containsExactly(3, 6, 2, 0, 0);
    assertThat(ENCODER.next("x\tdog dog dog dog")).containsExactly(3, 3, 3, 3, 2);
    assertThat(ENCODER.next("x\tdog dog dog dog dog do")).containsExactly(3, 3, 3, 3, 3);
    assertThat(ENCODER.next("x")).containsExactly(2, 0, 0, 0, 0);
    assertThat(ENCODER.text(new int[] {3, 4, 5, 2, 0})).isEqualTo("dogs.");
  }

  @Test
  void answersAreThePiecesAndTheEnd() {
    float[] scores = {9, 9, 1, 4, 7, 7, 3};
    assertThat(ENCODER.best(scores, 0)).isEqualTo(4);
    scores[2] = 7;
    assertThat(ENCODER.best(scores, 0)).isEqualTo(2);
  }

  @Test
  void someOfThePiecesMayBeKept() {
    BitSet ids = new BitSet();
    ids.set(5);
    assertThat(ENCODER.keeping(ids).encode("dog.")).containsExactly(1, 3, 0, 0, 2, 0, 0, 0, 0);
  }

  @Test
  void positionsDoNotDependOnTheText() {
    PositionEncoder encoder = new PositionEncoder(3);
    assertThat(encoder.encode("any")).containsExactly(1, 2, 3);
    assertThat(encoder.vocabularySize()).isEqualTo(4);
  }
}
