package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

/**
 * The form of each token of a {@link TokenText}, which tells much of a word that is unknown: the id
 * is 1 + h mod {@code buckets}, where h is the 32-bit FNV-1a hash of one number for the shape and
 * of the last code points of the token in lower case (root locale), at last xored with itself
 * shifted right by 15. The shape is 1 if the first code point is an upper-case letter, plus 2 if
 * the token has no lower-case letter, plus 4 if it has a digit.
 *
 * @param characters at the end of a token, ≥ 1
 * @param buckets number of different ids
 * @param length ids per text, ≥ 1
 */
public record AffixEncoder(int characters, int buckets, int length) implements TextEncoder {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  public AffixEncoder {
    TextEncoder.checkLength(length);
    if (characters < 1) {
      throw new QatException("a form takes 1 character or more, not " + characters);
    }
    if (buckets < 1 || buckets == Integer.MAX_VALUE) {
      throw new QatException("forms need 1 to 2147483646 buckets, not " + buckets);
    }
  }

  @Override
  public int vocabularySize() {
    return buckets + 1;
  }

  @Override
  public int firstToken() {
    return 1;
  }

  @Override
  public boolean leavesOut() {
    return false;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    throw new QatException("every token has a form: none of them can be left out");
  }

  @Override
  public void encode(String text, int[] ids) {
    TokenText t = TokenText.of(text);
    int n = Math.min(length, t.tokens().size());
    for (int i = 0; i < n; i++) {
      ids[i] = id(t.tokens().get(i));
    }
    Arrays.fill(ids, n, length, PADDING);
  }

  private int id(String token) {
    int hash = (FNV_OFFSET ^ shape(token)) * FNV_PRIME;
    int[] s = token.toLowerCase(Locale.ROOT).codePoints().toArray();
    for (int i = Math.max(0, s.length - characters); i < s.length; i++) {
      hash = (hash ^ s[i]) * FNV_PRIME;
    }
    hash ^= hash >>> 15;
    return 1 + Integer.remainderUnsigned(hash, buckets);
  }

  private static int shape(String token) {
    boolean upper = Character.isUpperCase(token.codePointAt(0));
    boolean lower = token.codePoints().anyMatch(Character::isLowerCase);
    boolean digit = token.codePoints().anyMatch(Character::isDigit);
    return (upper ? 1 : 0) + (lower ? 0 : 2) + (digit ? 4 : 0);
  }
}
