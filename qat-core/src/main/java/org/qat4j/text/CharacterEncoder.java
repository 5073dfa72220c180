package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.qat4j.QatException;

/**
 * One id a Unicode code point: 1 is an unknown character, 2 + i the i-th of the alphabet.
 *
 * @param alphabet code points, each once
 * @param length ids per text, ≥ 1
 * @param lowerCase fold the text to lower case (root locale) first
 */
public record CharacterEncoder(List<Integer> alphabet, int length, boolean lowerCase)
    implements TextEncoder {

  public CharacterEncoder {
    TextEncoder.checkLength(length);
    alphabet = Indexed.of(alphabet);
    for (int c : alphabet) {
      if (!Character.isValidCodePoint(c)) {
        throw new QatException("the alphabet has " + c + ", which is not a Unicode code point");
      }
    }
  }

  @Override
  public int vocabularySize() {
    return alphabet.size() + 2;
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
  public CharacterEncoder keeping(BitSet ids) {
    return new CharacterEncoder(TextEncoder.kept(alphabet, ids, 2), length, lowerCase);
  }

  @Override
  public void encode(String text, int[] ids) {
    String s = lowerCase ? text.toLowerCase(Locale.ROOT) : text;
    Indexed<Integer> index = (Indexed<Integer>) alphabet;
    int n = 0;
    for (int i = 0; i < s.length() && n < length; n++) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      ids[n] = index.find(c) + 2;
    }
    Arrays.fill(ids, n, length, PADDING);
  }
}
