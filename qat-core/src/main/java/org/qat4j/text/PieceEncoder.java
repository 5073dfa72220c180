package org.qat4j.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A text and its translation, or as much of it as is there, between which there is a tab, as pieces
 * of words: first the source, padded or cut to {@code sourceLength} ids, then {@link #END} and the
 * pieces of the translation, padded or cut likewise. Behind each of them a model says which piece
 * comes next, or {@link #END}. Id 1 is an unknown piece, 3 + i the i-th of the vocabulary.
 *
 * @param pairs splits texts
 * @param pieces vocabulary of both languages, each once
 * @param sourceLength ids of the source, ≥ 1
 * @param targetLength ids of {@link #END} and the translation, ≥ 1
 */
public record PieceEncoder(BytePairs pairs, List<String> pieces, int sourceLength, int targetLength)
    implements TextEncoder {
  /** Stands where a translation begins, and is what comes next where it ends. */
  public static final int END = 2;

  private static final int UNKNOWN = 1;
  private static final int FIRST = 3;

  public PieceEncoder {
    TextEncoder.checkLength(sourceLength);
    TextEncoder.checkLength(targetLength);
    pieces = Indexed.of(pieces);
  }

  @Override
  public int length() {
    return sourceLength + targetLength;
  }

  @Override
  public int vocabularySize() {
    return pieces.size() + FIRST;
  }

  @Override
  public int firstToken() {
    return FIRST;
  }

  /** Not the id before the first piece, which stands between text and translation. */
  @Override
  public int unknown() {
    return UNKNOWN;
  }

  @Override
  public boolean leavesOut() {
    return false;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    return new PieceEncoder(
        pairs, TextEncoder.kept(pieces, ids, FIRST), sourceLength, targetLength);
  }

  @Override
  public void encode(String text, int[] ids) {
    put(source(text), ids, 0, sourceLength);
    ids[sourceLength] = END;
    put(target(text), ids, sourceLength + 1, length());
  }

  /** Writes the ids of a text and pads them. */
  private void put(String text, int[] ids, int from, int to) {
    int at = from;
    for (String piece : pairs.split(text)) {
      if (at < to) {
        ids[at++] = id(piece);
      }
    }
    Arrays.fill(ids, at, to, PADDING);
  }

  private int id(String piece) {
    int place = ((Indexed<String>) pieces).find(piece);
    return place < 0 ? UNKNOWN : place + FIRST;
  }

  /** What is translated: the text before the first tab. */
  public static String source(String text) {
    int tab = text.indexOf('\t');
    return tab < 0 ? text : text.substring(0, tab);
  }

  /** The translation behind it; empty where there is no tab. */
  public static String target(String text) {
    int tab = text.indexOf('\t');
    return tab < 0 ? "" : text.substring(tab + 1);
  }

  /**
   * What comes next behind each step of the translation.
   *
   * @param text with its translation
   * @return {@link #targetLength()} ids: its pieces, then {@link #END} where it was not cut, then
   *     {@link #PADDING}
   */
  public int[] next(String text) {
    int[] ids = new int[targetLength];
    List<String> all = pairs.split(target(text));
    for (int i = 0; i < Math.min(targetLength, all.size() + 1); i++) {
      ids[i] = i < all.size() ? id(all.get(i)) : END;
    }
    return ids;
  }

  /** The text of pieces; {@link #END} and what is no piece is left out. */
  public String text(int[] ids) {
    List<String> all = new ArrayList<>();
    for (int id : ids) {
      if (id >= FIRST) {
        all.add(pieces.get(id - FIRST));
      }
    }
    return BytePairs.join(all);
  }

  /** How many ids are answers. */
  public int answers() {
    return vocabularySize() - END;
  }

  /**
   * The most probable piece, or {@link #END}; of equal ones the first. Padding and unknown pieces
   * are not answers.
   *
   * @param scores of all ids, from {@code at}
   */
  public int best(float[] scores, int at) {
    int best = END;
    for (int id = FIRST; id < vocabularySize(); id++) {
      best = scores[at + id] > scores[at + best] ? id : best;
    }
    return best;
  }
}
