package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qat4j.QatException;
import org.qat4j.text.internal.WordIndex;
import org.qat4j.text.internal.WordTokenizer;

/**
 * The words that the first two fields of a text have in common, such as a question and a sentence
 * that may answer it: one id for each different word of the first field that the second has, too,
 * in the order of the first. The id says how rare the word is: 1 + ⌊log₂(r + 1)⌋ for the r-th of
 * the frequent words, r from 0, and one more than the last of these for every other word. By Zipf's
 * law that is about the inverse document frequency in steps of ln 2.
 *
 * @param words the most frequent ones, the most frequent first, each once
 * @param length ids per text, ≥ 1
 * @param lowerCase fold the text to lower case (root locale) first
 */
public record OverlapEncoder(List<String> words, int length, boolean lowerCase)
    implements TextEncoder {
  public OverlapEncoder {
    TextEncoder.checkLength(length);
    if (words.isEmpty()) {
      throw new QatException("words in common are counted by how rare they are: give one or more");
    }
    words = WordIndex.of(words);
  }

  /** ⌊log₂ n⌋. */
  private static int log2(int n) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(n);
  }

  @Override
  public int vocabularySize() {
    return log2(words.size()) + 3;
  }

  @Override
  public int firstToken() {
    return 1;
  }

  @Override
  public boolean leavesOut() {
    return true;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    throw new QatException("every word in common counts: none of them can be left out");
  }

  @Override
  public void encode(String text, int[] ids) {
    int tab = text.indexOf('\t');
    String first = tab < 0 ? text : text.substring(0, tab);
    int end = tab < 0 ? -1 : text.indexOf('\t', tab + 1);
    String second = tab < 0 ? "" : end < 0 ? text.substring(tab + 1) : text.substring(tab + 1, end);
    Set<String> common = new HashSet<>(WordTokenizer.words(second, lowerCase, false));
    WordTokenizer tokens = new WordTokenizer(first, lowerCase, false);
    int n = 0;
    for (String word = tokens.next(); word != null && n < length; word = tokens.next()) {
      if (common.remove(word)) {
        ids[n++] = id(word);
      }
    }
    Arrays.fill(ids, n, length, PADDING);
  }

  private int id(String word) {
    int rank = ((WordIndex) words).find(word, 0, word.length(), word.hashCode());
    return rank < 0 ? vocabularySize() - 1 : 1 + log2(rank + 1);
  }
}
