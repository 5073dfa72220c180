package org.qat4j.text;

import java.util.Arrays;
import org.qat4j.QatException;

/** Which of the numbers from 0 on are kept, and the place of each among those. Immutable. */
public final class Subset {
  private final int[] words;

  /** Kept numbers before each word. */
  private final int[] before;

  private final int count;

  /**
   * @param words bit i mod 32 of word ⌊i / 32⌋ is set where i is kept; one or more are
   */
  public Subset(int[] words) {
    this.words = words.clone();
    this.before = new int[words.length];
    int n = 0;
    for (int i = 0; i < words.length; i++) {
      before[i] = n;
      n += Integer.bitCount(words[i]);
    }
    if (n == 0) {
      throw new QatException("a vocabulary of which nothing is kept");
    }
    this.count = n;
  }

  /** Checks that only numbers below {@code size} are kept, and that there are words for all. */
  void checkSize(int size) {
    int needed = (int) ((size + 31L) / 32);
    if (words.length != needed || (size % 32 != 0 && words[needed - 1] >>> size % 32 != 0)) {
      throw new QatException(
          words.length + " words of 32 bits do not tell which of " + size + " buckets are kept");
    }
  }

  /** The words that the constructor was given. */
  public int[] words() {
    return words.clone();
  }

  /** How many are kept. */
  public int count() {
    return count;
  }

  /** How many smaller numbers are kept, or −1 where {@code i} is not. */
  int place(int i) {
    int word = words[i >> 5];
    int bit = 1 << i;
    return (word & bit) == 0 ? -1 : before[i >> 5] + Integer.bitCount(word & bit - 1);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Subset s && Arrays.equals(words, s.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return count + " kept";
  }
}
