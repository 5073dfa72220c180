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
}
