package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import org.qat4j.QatException;

/**
 * Hashed character n-grams, the shortest first, with a space before and behind the text so that
 * beginnings and ends are seen. The id of an n-gram is 1 + h mod {@code buckets}, where h is the
 * 32-bit FNV-1a hash of its code points (not bytes), begun with the offset basis xor n, and at last
 * xored with itself shifted right by 15. Where only some buckets are kept, the others' n-grams are
 * left out, and the id is 1 + the number of kept buckets before.
 *
 * @param minN shortest n-gram, ≥ 1
 * @param maxN longest n-gram, ≥ minN
 * @param buckets number of different ids
 * @param length ids per text, ≥ 1
 * @param lowerCase fold the text to lower case (root locale) first
 * @param kept which buckets are kept, or null for all
 */
public record NgramEncoder(
    int minN, int maxN, int buckets, int length, boolean lowerCase, Subset kept)
    implements TextEncoder {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;
  private static final int LONGEST_WITH_SUBSET = 64;

  public NgramEncoder {
    TextEncoder.checkLength(length);
    if (minN < 1 || maxN < minN) {
      throw new QatException("n-grams of " + minN + " to " + maxN + " characters do not exist");
    }
    if (buckets < 1 || buckets == Integer.MAX_VALUE) {
      throw new QatException("n-grams need 1 to 2147483646 buckets, not " + buckets);
    }
    if (kept != null) {
      kept.checkSize(buckets);
      if (maxN > LONGEST_WITH_SUBSET) {
        // All n-grams of a text are looked at until enough are found: that must stay cheap.
        throw new QatException(
            "n-grams of up to "
                + maxN
                + " characters; where buckets are left out at most "
                + LONGEST_WITH_SUBSET);
      }
    }
  }

  /** An encoder that keeps all buckets. */
  public NgramEncoder(int minN, int maxN, int buckets, int length, boolean lowerCase) {
    this(minN, maxN, buckets, length, lowerCase, null);
  }

  @Override
  public int vocabularySize() {
    return 1 + (kept == null ? buckets : kept.count());
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
  public NgramEncoder keeping(BitSet ids) {
    int[] words = new int[(int) ((buckets + 31L) / 32)];
    for (int bucket = 0; bucket < buckets; bucket++) {
      int id = id(bucket);
      if (id > 0 && ids.get(id)) {
        words[bucket >> 5] |= 1 << bucket;
      }
    }
    return new NgramEncoder(minN, maxN, buckets, length, lowerCase, new Subset(words));
  }

  /** Id of the n-grams of a bucket, or 0 where it is not kept. */
  private int id(int bucket) {
    return 1 + (kept == null ? bucket : kept.place(bucket));
  }

  @Override
  public void encode(String text, int[] ids) {
    String folded = lowerCase ? text.toLowerCase(Locale.ROOT) : text;
    int[] s = characters(folded);
    int n = 0;
    int longest = Math.min(maxN, s.length);
    for (int size = minN; size <= longest; size++) {
      for (int i = 0; i + size <= s.length && n < length; i++) {
        int hash = FNV_OFFSET ^ size;
        for (int j = i; j < i + size; j++) {
          hash = (hash ^ s[j]) * FNV_PRIME;
        }
        hash ^= hash >>> 15;
        int id = id(Integer.remainderUnsigned(hash, buckets));
        if (id > 0) {
          ids[n++] = id;
        }
      }
    }
    Arrays.fill(ids, n, length, PADDING);
  }

  /** The code points of a text between two spaces; of a long one, as many as can matter. */
  private int[] characters(String text) {
    long needed = kept == null ? (long) length + maxN : Long.MAX_VALUE;
    int most = (int) Math.min(text.length() + 2L, needed);
    int[] s = new int[most];
    s[0] = ' ';
    int n = 1;
    for (int i = 0; i < text.length() && n < most; n++) {
      int c = text.codePointAt(i);
      s[n] = c;
      i += Character.charCount(c);
    }
    if (n < most) {
      s[n++] = ' ';
    }
    return n == most ? s : Arrays.copyOf(s, n);
  }

  /** Which of the numbers from 0 on are kept, and the place of each among those. Immutable. */
  public static final class Subset {
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
}
