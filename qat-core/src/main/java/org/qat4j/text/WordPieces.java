package org.qat4j.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qat4j.QatException;

/**
 * Splits texts into pieces of words as BERT does (WordPiece: Wu et al., arXiv:1609.08144, section
 * 4.1): of a word the longest piece that is known, and so on behind it, where pieces begin with
 * {@code ##}; a word that cannot be split, or of more than 100 characters, is unknown. Equal to the
 * published tokenizers, id by id; half a surrogate pair counts as U+FFFD.
 *
 * @param pieces vocabulary; the place of a piece is its id, and that of padding is 0
 * @param rules what is done to a text before it is split
 * @param special pieces with a meaning
 */
public record WordPieces(List<String> pieces, Rules rules, Special special) {
  /** Characters of a word that is split. */
  private static final int MOST = 100;

  private static final String INSIDE = "##";

  public WordPieces {
    pieces = Indexed.of(pieces);
    special.check(pieces);
  }

  /**
   * What is done to a text, in this order; which characters are concerned says a table that does
   * not change with the JDK.
   *
   * @param clean control characters are left out, white space becomes a space
   * @param ideographs Chinese characters stand alone
   * @param accents canonical decomposition, and marks are left out
   * @param lowerCase lower case, character by character
   */
  public record Rules(boolean clean, boolean ideographs, boolean accents, boolean lowerCase) {}

  /**
   * Ids with a meaning.
   *
   * @param unknown of what has no id
   * @param begin of a text
   * @param end of a text, and between the two of a pair
   * @param literal pieces that are found in the text as they are written, before all rules
   */
  public record Special(int unknown, int begin, int end, List<Integer> literal) {
    public Special {
      literal = List.copyOf(literal);
    }

    private void check(List<String> pieces) {
      List<Integer> all = new ArrayList<>(literal);
      all.addAll(List.of(unknown, begin, end));
      for (int id : all) {
        if (id < 0 || id >= pieces.size()) {
          throw new QatException(
              "the special id " + id + " is none of the " + pieces.size() + " pieces");
        }
        if (pieces.get(id).isEmpty()) {
          throw new QatException("the special piece " + id + " is empty");
        }
      }
    }

    /** The first id behind all of these and padding. */
    int behind() {
      int last = Math.max(unknown, Math.max(begin, end));
      for (int id : literal) {
        last = Math.max(last, id);
      }
      return last + 1;
    }
  }

  /** The ids of a text, without those of its begin and end. */
  public int[] split(String text) {
    Ids ids = new Ids();
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int id = literal(text, i);
      if (id < 0) {
        i++;
      } else {
        BertText.words(text.substring(start, i), rules, word -> word(word, ids));
        ids.add(id);
        i += pieces.get(id).length();
        start = i;
      }
    }
    BertText.words(text.substring(start), rules, word -> word(word, ids));
    return ids.toArray();
  }

  /** The longest literal piece that begins there, or −1. */
  private int literal(String text, int at) {
    int best = -1;
    for (int id : special.literal()) {
      String piece = pieces.get(id);
      if (piece.charAt(0) == text.charAt(at)
          && text.startsWith(piece, at)
          && (best < 0 || piece.length() > pieces.get(best).length())) {
        best = id;
      }
    }
    return best;
  }

  private void word(int[] word, Ids ids) {
    if (word.length > MOST) {
      ids.add(special.unknown());
      return;
    }
    int before = ids.size();
    for (int start = 0; start < word.length; ) {
      int end = word.length;
      int id = find(word, start, end);
      while (id < 0 && --end > start) {
        id = find(word, start, end);
      }
      if (id < 0) {
        ids.cut(before);
        ids.add(special.unknown());
        return;
      }
      ids.add(id);
      start = end;
    }
  }

  private int find(int[] word, int start, int end) {
    String piece = new String(word, start, end - start);
    return ((Indexed<String>) pieces).find(start == 0 ? piece : INSIDE + piece);
  }

  /** A list of numbers that grows. */
  private static final class Ids {
    private int[] all = new int[32];
    private int size;

    void add(int id) {
      if (size == all.length) {
        all = Arrays.copyOf(all, 2 * size);
      }
      all[size++] = id;
    }

    int size() {
      return size;
    }

    void cut(int length) {
      size = length;
    }

    int[] toArray() {
      return Arrays.copyOf(all, size);
    }
  }
}
