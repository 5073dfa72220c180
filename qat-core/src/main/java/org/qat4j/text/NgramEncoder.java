package org.qat4j.text;

import java.util.Arrays;
import java.util.Locale;
import org.qat4j.QatException;

/**
 * Hashed character n-grams, the shortest first, with a space before and behind the text so that
 * beginnings and ends are seen. The id of an n-gram is 1 + h mod {@code buckets}, where h is the
 * 32-bit FNV-1a hash of its code points (not bytes), begun with the offset basis xor n, and at last
 * xored with itself shifted right by 15.
 *
 * @param minN shortest n-gram, ≥ 1
 * @param maxN longest n-gram, ≥ minN
 * @param buckets number of different ids
 * @param length ids per text, ≥ 1
 * @param lowerCase fold the text to lower case (root locale) first
 */
public record NgramEncoder(int minN, int maxN, int buckets, int length, boolean lowerCase)
    implements TextEncoder {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  public NgramEncoder {
    TextEncoder.checkLength(length);
    if (minN < 1 || maxN < minN) {
      throw new QatException("n-grams of " + minN + " to " + maxN + " characters do not exist");
    }
    if (buckets < 1 || buckets == Integer.MAX_VALUE) {
      throw new QatException("n-grams need 1 to 2147483646 buckets, not " + buckets);
    }
  }

  @Override
  public int vocabularySize() {
    return buckets + 1;
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
        ids[n++] = 1 + Integer.remainderUnsigned(hash, buckets);
      }
    }
    Arrays.fill(ids, n, length, PADDING);
  }

  /** The code points of a text between two spaces; of a long one, as many as can matter. */
  private int[] characters(String text) {
    int most = (int) Math.min(text.length() + 2L, (long) length + maxN);
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
