package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.qat4j.text.internal.TokenText;

/**
 * One id for each token of a {@link TokenText}: 1 is an unknown word, 2 + i the i-th of the
 * vocabulary.
 *
 * @param words vocabulary, each once
 * @param length ids per text, ≥ 1
 * @param lowerCase fold tokens to lower case (root locale) first
 * @param focus give every token the id of the token in focus; that of an unknown word where there
 *     is no focus
 */
public record TokenEncoder(List<String> words, int length, boolean lowerCase, boolean focus)
    implements TextEncoder {
  private static final int UNKNOWN = 1;

  public TokenEncoder {
    TextEncoder.checkLength(length);
    words = Indexed.of(words);
  }

  @Override
  public int vocabularySize() {
    return words.size() + 2;
  }

  @Override
  public int firstToken() {
    return 2;
  }

  @Override
  public boolean leavesOut() {
    return false;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    return new TokenEncoder(TextEncoder.kept(words, ids, 2), length, lowerCase, focus);
  }

  @Override
  public void encode(String text, int[] ids) {
    TokenText t = TokenText.of(text);
    int n = Math.min(length, t.tokens().size());
    if (focus) {
      Arrays.fill(ids, 0, n, t.focus() < 0 ? UNKNOWN : id(t.tokens().get(t.focus())));
    } else {
      for (int i = 0; i < n; i++) {
        ids[i] = id(t.tokens().get(i));
      }
    }
    Arrays.fill(ids, n, length, PADDING);
  }

  private int id(String token) {
    return ((Indexed<String>) words).find(lowerCase ? token.toLowerCase(Locale.ROOT) : token) + 2;
  }
}
