package org.qat4j.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BleuTest {
  /** What sacreBLEU 2.6.0 says, with the signature of the class. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "100.0     | The cat sat on the mat.            | The cat sat on the mat.",
        "41.113362 | The cat the cat on the mat.        | The cat sat on the mat.",
        "9.930284  | Two dogs run.                      | Two brown dogs are running fast.",
        "27.222303 | a b c d e f                        | a b c x e f g h",
        "0.0       | x                                  | a b c d",
        "38.677063 | 1-2 &amp; 3,000.5 U.S. e-mail, 2nd. | 1-2 & 3,000.5 US email, 2nd.",
        "0.0       | ^^                                 | a b c d"
      })
  void oneTranslation(double expected, String translation, String reference) {
    assertThat(100 * Bleu.of(Bleu.counts(translation, reference)))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void aSetOfTranslations() {
    double[] sum = new double[Bleu.COUNTS];
    String[][] pairs = {
      {
        "He said: \"It's 3.5% (approx.)\" - OK?", "He said: \"It is 3.5% (approx.)\" - ok?",
      },
      {"Zwei Hunde rennen über die Wiese.", "Zwei Hunde laufen über eine grüne Wiese."}
    };
    for (String[] pair : pairs) {
      double[] counts = Bleu.counts(pair[0], pair[1]);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += counts[i];
      }
    }
    assertThat(sum).containsExactly(18, 12, 8, 6, 22, 20, 18, 16, 22, 24);
    assertThat(100 * Bleu.of(sum)).isCloseTo(48.834994, within(1e-6));
  }

  /** Papineni et al. (2002), example 2: matches are clipped, 2 of 7. */
  @Test
  void matchesAreClipped() {
    double[] counts = Bleu.counts("the the the the the the the", "The cat is on the the mat");
    assertThat(counts[0]).isEqualTo(2);
    assertThat(counts[4]).isEqualTo(7);
  }

  /** Papineni et al. (2002), 2.2.2: exp(1 − r/c) below the length of the reference. */
  @Test
  void shortTranslationsArePunished() {
    double[] counts = Bleu.counts("a b c d", "a b c d e f");
    assertThat(Bleu.of(counts)).isCloseTo(Math.exp(1 - 6 / 4.0), within(1e-12));
    assertThat(Bleu.of(Bleu.counts("a b c d e f g", "a b c d"))).isLessThan(1);
  }

  @Test
  void words() {
    assertThat(Bleu.words("a.b,c 5-6 x-y 1,a b,2 {~} €5 „so“ don't"))
        .isEqualTo(
            List.of(
                "a", ".", "b", ",", "c", "5", "-", "6", "x-y", "1", ",", "a", "b", ",", "2", "{",
                "~", "}", "€5", "„so“", "don't"));
  }
}
