package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import org.qat4j.QatException;

/**
 * The ids of a text's pieces between those of its begin and end, as BERT reads it. With pairs, what
 * stands behind the first tab of the text is a second text, with an end of its own. Where both are
 * too long together, the longer one is cut until both have the same length, then both of them.
 *
 * @param words splits texts
 * @param length ids per text, ≥ 3
 * @param pairs a tab stands between two texts; without it a tab is white space
 * @param types instead of the ids, 1 for each step of the second text and its end, 0 for all others
 */
public record WordPieceEncoder(WordPieces words, int length, boolean pairs, boolean types)
    implements TextEncoder {
  private static final int LEAST = 3;

  public WordPieceEncoder {
    if (length < LEAST) {
      throw new QatException(
          "a text of pieces has " + LEAST + " ids or more: its begin and its ends, not " + length);
    }
  }

  @Override
  public int vocabularySize() {
    return types ? 2 : words.pieces().size();
  }

  @Override
  public int firstToken() {
    return types ? 1 : words.special().behind();
  }

  @Override
  public boolean leavesOut() {
    return false;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    if (types) {
      throw new QatException("both texts of a pair have a type: none can be left out");
    }
    BitSet kept = (BitSet) ids.clone();
    kept.set(0, firstToken());
    return new WordPieceEncoder(
        new WordPieces(TextEncoder.kept(words.pieces(), kept, 0), words.rules(), words.special()),
        length,
        pairs,
        false);
  }

  @Override
  public void encode(String text, int[] ids) {
    int tab = pairs ? text.indexOf('\t') : -1;
    int[] first = words.split(tab < 0 ? text : text.substring(0, tab));
    int at = 0;
    if (tab < 0) {
      at = put(first, Math.min(first.length, length - 2), true, 0, ids);
    } else {
      int[] second = words.split(text.substring(tab + 1));
      int[] lengths = cut(first.length, second.length, length - LEAST);
      int middle = put(first, lengths[0], true, 0, ids);
      at = put(second, lengths[1], false, middle, ids);
      if (types) {
        Arrays.fill(ids, 0, middle, 0);
        Arrays.fill(ids, middle, at, 1);
      }
    }
    if (types && tab < 0) {
      Arrays.fill(ids, 0, at, 0);
    }
    Arrays.fill(ids, at, length, PADDING);
  }

  private int put(int[] part, int size, boolean begin, int from, int[] ids) {
    int at = from;
    if (begin) {
      ids[at++] = words.special().begin();
    }
    System.arraycopy(part, 0, ids, at, size);
    ids[at + size] = words.special().end();
    return at + size + 1;
  }

  /** Lengths of two texts, which together are no more than {@code most}. */
  private static int[] cut(int first, int second, int most) {
    if (first + second <= most) {
      return new int[] {first, second};
    }
    int less = Math.min(first, second);
    int more = less > most ? less : Math.max(less, most - less);
    if (less + more > most) {
      less = most / 2;
      more = less + most % 2;
    }
    return first > second ? new int[] {more, less} : new int[] {less, more};
  }
}
