package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class CharacterEncoderTest {
  private static final CharacterEncoder ABC =
      new CharacterEncoder(List.of((int) 'a', (int) 'ß', 0x1F600, (int) 'i', 0x307), 6, true);

  @Test
  void givesEachCharacterItsPlace() {
    assertThat(ABC.encode("aß")).containsExactly(2, 3, 0, 0, 0, 0);
    assertThat(ABC.vocabularySize()).isEqualTo(7);
  }

  @Test
  void countsCodePointsAndNotChars() {
    assertThat(ABC.encode("😀a😀")).containsExactly(4, 2, 4, 0, 0, 0);
  }

  @Test
  void halfACharacterIsUnknown() {
    assertThat(ABC.encode("\ud83da\ude00")).containsExactly(1, 2, 1, 0, 0, 0);
  }

  @Test
  void lowersByTheRootLocale() {
    assertThat(ABC.encode("AI")).containsExactly(2, 5, 0, 0, 0, 0);
    // LATIN CAPITAL LETTER I WITH DOT ABOVE becomes two characters, in Turkey too.
    assertThat(ABC.encode("İ")).containsExactly(5, 6, 0, 0, 0, 0);
    assertThat(new CharacterEncoder(ABC.alphabet(), 2, false).encode("AI")).containsExactly(1, 1);
  }

  @Test
  void cutsWhatIsTooLong() {
    assertThat(ABC.encode("aaaaaaaaß")).containsExactly(2, 2, 2, 2, 2, 2);
    assertThat(ABC.encode("")).containsOnly(TextEncoder.PADDING);
  }

  @Property(seed = "1")
  void everyIdLiesInTheVocabulary(@ForAll String text, @ForAll @IntRange(min = 1, max = 9) int n) {
    CharacterEncoder encoder = new CharacterEncoder(ABC.alphabet(), n, true);

    int[] ids = encoder.encode(text);

    assertThat(ids).hasSize(n);
    assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < encoder.vocabularySize());
    assertThat(encoder.encode(text)).isEqualTo(ids);
  }

  @Test
  void overwritesTheWholeArray() {
    int[] ids = {9, 9, 9, 9, 9, 9, 9};
    ABC.encode("a", ids);

    assertThat(ids).containsExactly(2, 0, 0, 0, 0, 0, 9);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> new CharacterEncoder(List.of(97, 97), 6, true))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"97\" is twice in the vocabulary");
    assertThatThrownBy(() -> new CharacterEncoder(List.of(-1), 6, true))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("-1, which is not a Unicode code point");
    assertThatThrownBy(() -> new CharacterEncoder(List.of(), 0, true))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1 id or more, not 0");
  }
}
