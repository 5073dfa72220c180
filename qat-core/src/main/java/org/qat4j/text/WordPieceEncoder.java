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
 */
public record WordPieceEncoder(WordPieces words, int length, boolean pairs) implements TextEncoder {
  private static final int LEAST = 3;

  public WordPieceEncoder {
    if (length < LEAST) {
      throw new QatException(
          "a text of pieces has " + LEAST + " ids or more: its begin and its ends, not " + length);
    }
  }

  @Override
  public int vocabularySize() {
    return words.pieces().size();
  }

  @Override
  public int firstToken() {
    return words.special().behind();
  }

  @Override
  public boolean leavesOut() {
    return false;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    BitSet kept = (BitSet) ids.clone();
    kept.set(0, firstToken());
    return new WordPieceEncoder(
        new WordPieces(TextEncoder.kept(words.pieces(), kept, 0), words.rules(), words.special()),
        length,
        pairs);
  }

  /** Any of the special pieces. */
  @Override
  public int unknown() {
    return words.special().unknown();
  }

  @Override
  public void encode(String text, int[] ids) {
    put(text, ids);
  }

  /**
   * Where the second text of a pair lies.
   *
   * @param from its first step; the length where there is none
   * @param to the step behind its end
   */
  record Second(int from, int to) {}

  /** Encodes a text and says where the second one of a pair lies. */
  Second put(String text, int[] ids) {
    int tab = pairs ? text.indexOf('\t') : -1;
    int[] first = words.split(tab < 0 ? text : text.substring(0, tab));
    int second = length;
    int at;
    if (tab < 0) {
      at = put(first, Math.min(first.length, length - 2), true, 0, ids);
    } else {
      int[] other = words.split(text.substring(tab + 1));
      int[] lengths = cut(first.length, other.length, length - LEAST);
      second = put(first, lengths[0], true, 0, ids);
      at = put(other, lengths[1], false, second, ids);
    }
    Arrays.fill(ids, at, length, PADDING);
    return new Second(second, at);
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

  /**
   * What stands beside the ids of a text's pieces: where each piece is, 1 for the first one and 0
   * behind the text; or of which text of a pair it is, 1 for the second text and its end and 0 for
   * everything else.
   *
   * @param pieces whose steps these are
   * @param types of which text a step is, instead of its place
   */
  public record StepEncoder(WordPieceEncoder pieces, boolean types) implements TextEncoder {
    @Override
    public int length() {
      return pieces.length();
    }

    @Override
    public int vocabularySize() {
      return types ? 2 : length() + 1;
    }

    @Override
    public int firstToken() {
      return 1;
    }

    @Override
    public boolean leavesOut() {
      return false;
    }

    /** There are none that could be left out. */
    @Override
    public TextEncoder keeping(BitSet ids) {
      throw new QatException("every step has a place and a type: none of them can be left out");
    }

    @Override
    public void encode(String text, int[] ids) {
      WordPieceEncoder.Second second = pieces.put(text, ids);
      for (int i = 0; i < length(); i++) {
        if (types) {
          ids[i] = i >= second.from() && i < second.to() ? 1 : 0;
        } else {
          ids[i] = ids[i] == PADDING ? PADDING : i + 1;
        }
      }
    }
  }
}
