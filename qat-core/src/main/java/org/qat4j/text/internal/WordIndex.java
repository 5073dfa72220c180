package org.qat4j.text.internal;

import java.util.AbstractList;
import java.util.List;
import org.qat4j.QatException;

/**
 * An immutable list of distinct words that finds the place of a part of a text, without making a
 * string of it: a hash table with linear probing. The words lie in one string and what is needed of
 * each in one run of the table, so that a search meets little memory.
 */
public final class WordIndex extends AbstractList<String> {
  /** An entry of the table: hash, begin and end in {@link #letters}, place + 1 (0 if empty). */
  private static final int ENTRY = 4;

  private static final int BEGIN = 1;
  private static final int END = 2;
  private static final int PLACE = 3;

  private final List<String> words;
  private final String letters;
  private final int[] table;

  private WordIndex(List<String> words) {
    this.words = List.copyOf(words);
    this.letters = String.join("", words);
    this.table =
        new int[Math.multiplyExact(ENTRY, 4 * Integer.highestOneBit(Math.max(1, words.size())))];
    int begin = 0;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int end = begin + word.length();
      int entry = entry(letters, begin, end, word.hashCode());
      if (table[entry + PLACE] != 0) {
        throw new QatException("\"" + word + "\" is twice in the vocabulary");
      }
      table[entry] = word.hashCode();
      table[entry + BEGIN] = begin;
      table[entry + END] = end;
      table[entry + PLACE] = i + 1;
      begin = end;
    }
  }

  public static WordIndex of(List<String> words) {
    return words instanceof WordIndex index ? index : new WordIndex(words);
  }

  /**
   * Place of the word {@code text.substring(from, to)}, or −1.
   *
   * @param hash its {@link String#hashCode}
   */
  public int find(String text, int from, int to, int hash) {
    return table[entry(text, from, to, hash) + PLACE] - 1;
  }

  /** The entry where the word is, or would be. */
  private int entry(String text, int from, int to, int hash) {
    int mask = table.length - 1;
    int entry = (hash ^ hash >>> 16) * ENTRY & mask;
    while (table[entry + PLACE] != 0 && !isAt(entry, text, from, to, hash)) {
      entry = entry + ENTRY & mask;
    }
    return entry;
  }

  private boolean isAt(int entry, String text, int from, int to, int hash) {
    int begin = table[entry + BEGIN];
    int length = table[entry + END] - begin;
    return table[entry] == hash
        && length == to - from
        && letters.regionMatches(begin, text, from, length);
  }

  @Override
  public String get(int i) {
    return words.get(i);
  }

  @Override
  public int size() {
    return words.size();
  }
}
