package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class OverlapEncoderTest {
  private static final OverlapEncoder ENCODER =
      new OverlapEncoder(List.of("the", "is", "of", "a"), 3, true);

  /** Ranks 0; 1 and 2; 3; all others: 1, 2, 3 and 4. */
  @Test
  void rareWordsHaveHigherIds() {
    assertThat(ENCODER.vocabularySize()).isEqualTo(5);
    assertThat(ENCODER.encode("the is of\tof is the")).containsExactly(1, 2, 2);
    assertThat(ENCODER.encode("a cat\tA CAT!")).containsExactly(3, 4, 0);
  }

  @Test
  void aWordCountsOnceAndTheThirdFieldNever() {
    assertThat(ENCODER.encode("cat cat dog\tcat cat\tdog")).containsExactly(4, 0, 0);
  }

  @Test
  void longTextsAreCutAndAbsentFieldsHaveNothingInCommon() {
    assertThat(ENCODER.encode("u v w x\tx w v u")).containsExactly(4, 4, 4);
    assertThat(ENCODER.encode("no tab")).containsExactly(0, 0, 0);
    assertThat(ENCODER.encode("\t")).containsExactly(0, 0, 0);
  }

  @Test
  void caseMayTell() {
    assertThat(new OverlapEncoder(List.of("The"), 2, false).encode("the The\tThe"))
        .containsExactly(1, 0);
  }

  @Test
  void refusesToLoseWords() {
    assertThatThrownBy(() -> ENCODER.keeping(new BitSet()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("none of them can be left out");
    assertThatThrownBy(() -> new OverlapEncoder(List.of(), 3, true))
        .isInstanceOf(QatException.class);
  }
}
