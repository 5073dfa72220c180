package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class WordPieceEncoderTest {
  private static final List<String> PIECES =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "una", "##ff", "##able", "a", "b", ".", "中");

  private static WordPieces words(boolean rules) {
    return new WordPieces(
        PIECES,
        new WordPieces.Rules(rules, rules, rules, rules),
        new WordPieces.Special(1, 2, 3, List.of(0, 1, 2, 3)));
  }

  private static int[] pair(String text, int length, boolean types) {
    WordPieceEncoder pieces = new WordPieceEncoder(words(true), length, true);
    return types
        ? new WordPieceEncoder.StepEncoder(pieces, true).encode(text)
        : pieces.encode(text);
  }

  @Test
  void takesTheLongestPieceFirst() {
    assertThat(words(true).split("Unaffable unaff unafx.")).containsExactly(4, 5, 6, 4, 5, 1, 9);
  }

  @Test
  void appliesItsRules() {
    assertThat(words(true).split("Ä\u0000a中B\u0308")).containsExactly(1, 10, 8);
    assertThat(words(false).split("a中 A b")).containsExactly(1, 1, 8);
  }

  @Test
  void findsSpecialPiecesAsTheyAreWritten() {
    assertThat(words(true).split("a[SEP]b[sep]")).containsExactly(7, 3, 8, 1, 1, 1);
  }

  @Test
  void aWordOfMoreThanAHundredCharactersIsUnknown() {
    assertThat(words(true).split("unaff" + "ff".repeat(47))).hasSize(49);
    assertThat(words(true).split("unaff" + "ff".repeat(48))).containsExactly(1);
    assertThat(words(true).split("a".repeat(10_000))).containsExactly(1);
  }

  @Test
  void halfASurrogatePairIsLeftOut() {
    assertThat(words(true).split("\ud800a\udc00")).containsExactly(7);
    assertThat(words(false).split("\ud800a")).containsExactly(1);
  }

  @Test
  void surroundsAndPads() {
    assertThat(pair("a b", 6, false)).containsExactly(2, 7, 8, 3, 0, 0);
    assertThat(pair("", 3, false)).containsExactly(2, 3, 0);
    assertThat(pair("a a a", 4, false)).containsExactly(2, 7, 7, 3);
  }

  @Test
  void cutsTheLongerTextFirst() {
    assertThat(pair("a a a a a\tb", 7, false)).containsExactly(2, 7, 7, 7, 3, 8, 3);
    assertThat(pair("a\tb b b b b", 7, false)).containsExactly(2, 7, 3, 8, 8, 8, 3);
    assertThat(pair("a a a a\tb b b b", 8, false)).containsExactly(2, 7, 7, 3, 8, 8, 8, 3);
    assertThat(pair("a a\tb b", 3, false)).containsExactly(2, 3, 3);
  }

  @Test
  void knowsTheSecondTextByItsType() {
    assertThat(pair("a\tb", 8, true)).containsExactly(0, 0, 0, 1, 1, 0, 0, 0);
    assertThat(pair("a\t", 5, true)).containsExactly(0, 0, 0, 1, 0);
    assertThat(pair("a b", 5, true)).containsExactly(0, 0, 0, 0, 0);
  }

  @Test
  void knowsWhereAPieceIs() {
    WordPieceEncoder.StepEncoder places =
        new WordPieceEncoder.StepEncoder(new WordPieceEncoder(words(true), 8, true), false);
    assertThat(places.encode("a\tb")).containsExactly(1, 2, 3, 4, 5, 0, 0, 0);
    assertThat(places.encode("")).containsExactly(1, 2, 0, 0, 0, 0, 0, 0);
    assertThat(places.vocabularySize()).isEqualTo(9);
    assertThatThrownBy(() -> places.keeping(new BitSet())).isInstanceOf(QatException.class);
  }

  private static final WordPieceEncoder TOKENS =
      new WordPieceEncoder(words(true), 8, WordPieceEncoder.Form.TOKENS);

  private static int[] types(String text) {
    return new WordPieceEncoder.StepEncoder(TOKENS, true).encode(text);
  }

  @Test
  void aTokenIsReadAtItsFirstPiece() {
    assertThat(TOKENS.encode("unaff a. b")).containsExactly(2, 4, 5, 7, 9, 8, 3, 0);
    assertThat(TOKENS.tokenSteps("unaff a. b")).containsExactly(1, 3, 5);
    assertThat(TOKENS.encode("")).containsExactly(2, 3, 0, 0, 0, 0, 0, 0);
    assertThat(TOKENS.tokenSteps("")).isEmpty();
  }

  @Test
  void theTokenInFocusHasTheSecondType() {
    assertThat(types("a unaff b\t1")).containsExactly(0, 0, 1, 1, 0, 0, 0, 0);
    assertThat(types("a unaff b\t2")).containsExactly(0, 0, 0, 0, 1, 0, 0, 0);
    assertThat(types("a unaff b")).containsOnly(0);
    assertThat(TOKENS.encode("a b\t1")).isEqualTo(TOKENS.encode("a b"));
    assertThat(TOKENS.tokenSteps("a b\t1")).containsExactly(1, 2);
  }

  /** A token counts where its first piece is read; one behind the last step has no step. */
  @Test
  void cutsTokens() {
    assertThat(TOKENS.encode("a a a a a unaff b\t5")).containsExactly(2, 7, 7, 7, 7, 7, 4, 3);
    assertThat(TOKENS.tokenSteps("a a a a a unaff b\t5")).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(types("a a a a a unaff b\t5")).containsExactly(0, 0, 0, 0, 0, 0, 1, 0);
    assertThat(types("a a a a a unaff b\t6")).containsOnly(0);
  }

  /** Nothing is left of a control character, nor of a mark alone. */
  @Test
  void aTokenWithoutPiecesIsUnknown() {
    assertThat(words(true).split("\u0001")).isEmpty();
    assertThat(TOKENS.encode("a \u0001 \u0308 b")).containsExactly(2, 7, 1, 1, 8, 3, 0, 0);
    assertThat(TOKENS.tokenSteps("a \u0001 \u0308 b")).containsExactly(1, 2, 3, 4);
  }

  @Test
  void textsHaveNoTokens() {
    assertThatThrownBy(() -> new WordPieceEncoder(words(true), 8, false).tokenSteps("a b"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("TOKENS");
  }

  @Test
  void fewerPiecesReadTokensAsWell() {
    BitSet ids = new BitSet();
    ids.set(4, 6);
    WordPieceEncoder less = (WordPieceEncoder) TOKENS.keeping(ids);
    assertThat(less.form()).isEqualTo(WordPieceEncoder.Form.TOKENS);
    assertThat(less.tokenSteps("unaff unaffable b")).containsExactly(1, 3, 4);
  }

  @Test
  void theUnknownPieceIsNotTheOneBeforeTheFirst() {
    TextEncoder encoder = new WordPieceEncoder(words(true), 8, true);
    assertThat(encoder.unknown()).isEqualTo(1).isNotEqualTo(encoder.firstToken() - 1);
  }

  @Test
  void keepsSpecialPieces() {
    BitSet ids = new BitSet();
    ids.set(7);
    TextEncoder less = new WordPieceEncoder(words(true), 5, false).keeping(ids);
    assertThat(less.vocabularySize()).isEqualTo(5);
    assertThat(less.encode("a b")).containsExactly(2, 4, 1, 3, 0);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> new WordPieceEncoder(words(true), 2, false))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("3 ids or more");
    WordPieces.Rules rules = new WordPieces.Rules(true, true, true, true);
    assertThatThrownBy(
            () -> new WordPieces(PIECES, rules, new WordPieces.Special(1, 2, 99, List.of())))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("99");
  }
}
