package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.qat4j.text.internal.WordIndex;
import org.qat4j.text.internal.WordTokenizer;

/**
 * One id a word: 1 is an unknown word, 2 + i the i-th of the vocabulary. Words are runs of letters
 * and digits, with an apostrophe between letters kept; every other character that is not white
 * space is a word of its own where {@code punctuation} is set, and dropped otherwise.
 *
 * @param words vocabulary, each once
 * @param length ids per text, ≥ 1
 * @param lowerCase fold the text to lower case (root locale) first
 * @param punctuation keep punctuation marks as words
 * @param skipUnknown leave unknown words out instead of giving them id 1
 */
public record WordEncoder(
    List<String> words, int length, boolean lowerCase, boolean punctuation, boolean skipUnknown)
    implements TextEncoder {

  public WordEncoder {
    TextEncoder.checkLength(length);
    words = WordIndex.of(words);
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
    return skipUnknown;
  }

  @Override
  public WordEncoder keeping(BitSet ids) {
    return new WordEncoder(
        TextEncoder.kept(words, ids, 2), length, lowerCase, punctuation, skipUnknown);
  }

  @Override
  public void encode(String text, int[] ids) {
    WordIndex index = (WordIndex) words;
    WordTokenizer tokens = new WordTokenizer(text, lowerCase, punctuation);
    int n = 0;
    while (n < length && tokens.advance()) {
      int id = tokens.find(index) + 2;
      if (id > 1 || !skipUnknown) {
        ids[n++] = id;
      }
    }
    Arrays.fill(ids, n, length, PADDING);
  }
}
