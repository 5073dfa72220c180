package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

class TokenEncodersTest {
  private static final List<String> WORDS = List.of("she", "gave", "him");

  @Test
  void textIsTokensAndTheOneInFocus() {
    TokenText t = TokenText.of("  She gave\u2003him  it .\t1");
    assertThat(t.tokens()).containsExactly("She", "gave\u2003him", "it", ".");
    assertThat(t.focus()).isEqualTo(1);
    assertThat(TokenText.of(t.text())).isEqualTo(t);
    assertThat(TokenText.of("She gave").focus()).isEqualTo(TokenText.NO_FOCUS);
    assertThat(TokenText.of("").tokens()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b\t2", "a b\t", "a b\t-1", "a b\tx", "\t0", "a\t0\t1"})
  void focusIsTheIndexOfAToken(String text) {
    assertThatThrownBy(() -> TokenText.of(text))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("tab");
  }

  @Test
  void tokensHaveTheirPlace() {
    TokenEncoder encoder = new TokenEncoder(WORDS, 5, true, false);
    assertThat(encoder.encode("She gave it\t1")).containsExactly(2, 3, 1, 0, 0);
    assertThat(encoder.vocabularySize()).isEqualTo(5);
    assertThat(new TokenEncoder(WORDS, 2, false, false).encode("She gave it"))
        .containsExactly(1, 3);
  }

  @Test
  void everyTokenMayCarryTheFocus() {
    TokenEncoder encoder = new TokenEncoder(WORDS, 4, true, true);
    assertThat(encoder.encode("She Gave it\t1")).containsExactly(3, 3, 3, 0);
    assertThat(encoder.encode("She gave it")).containsExactly(1, 1, 1, 0);
  }

  @Test
  void distancesAreCut() {
    DistanceEncoder encoder = new DistanceEncoder(2, 7);
    assertThat(encoder.encode("a b c d e f\t2")).containsExactly(1, 2, 3, 4, 5, 5, 0);
    assertThat(encoder.encode("a b")).containsExactly(3, 3, 0, 0, 0, 0, 0);
    assertThat(encoder.vocabularySize()).isEqualTo(6);
  }

  @Test
  void formsAreShapeAndEnd() {
    AffixEncoder encoder = new AffixEncoder(3, 100_000, 8);
    int[] ids = encoder.encode("running sing Sing SING S1NG 7ing playing");
    assertThat(ids[0]).isEqualTo(ids[1]).isEqualTo(ids[6]);
    assertThat(new int[] {ids[1], ids[2], ids[3], ids[4], ids[5]}).doesNotHaveDuplicates();
    assertThat(ids[7]).isZero();
    // By hand: FNV-1a of the shape 0 and of "a", folded; the same in docs/read_model.py.
    int prime = Integer.parseInt("01000193", 16);
    int h = (0x811c9dc5 * prime ^ 'a') * prime;
    h ^= h >>> 15;
    assertThat(encoder.encode("a")[0]).isEqualTo(1 + Integer.remainderUnsigned(h, 100_000));
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new DistanceEncoder(0, 4)).hasMessageContaining("reach");
    assertThatThrownBy(() -> new AffixEncoder(0, 10, 4)).hasMessageContaining("character");
    assertThatThrownBy(() -> new AffixEncoder(3, 0, 4)).hasMessageContaining("buckets");
    assertThatThrownBy(() -> new TokenEncoder(WORDS, 0, true, true))
        .isInstanceOf(QatException.class);
  }
}
