package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

/**
 * The ids of a text's pieces between those of its begin and end, as BERT reads it. Of two texts the
 * second one has an end of its own; where both are too long together, the longer one is cut until
 * both have the same length, then both of them.
 *
 * @param words splits texts
 * @param length ids per text, ≥ 3
 * @param form what a text is
 */
public record WordPieceEncoder(WordPieces words, int length, Form form) implements TextEncoder {
  private static final int LEAST = 3;

  /** What a text is. */
  public enum Form {
    /** One text, in which a tab is white space. */
    TEXT,
    /** Two texts with a tab between; one where there is none. */
    PAIR,
    /**
     * A {@link TokenText}: each token is split by itself, and one of which nothing would be left is
     * an unknown piece, so that every token has a first piece.
     */
    TOKENS
  }

  public WordPieceEncoder {
    if (length < LEAST) {
      throw new QatException(
          "a text of pieces has " + LEAST + " ids or more: its begin and its ends, not " + length);
    }
  }

  /**
   * An encoder of texts or of pairs of them.
   *
   * @param pairs a tab stands between two texts
   */
  public WordPieceEncoder(WordPieces words, int length, boolean pairs) {
    this(words, length, pairs ? Form.PAIR : Form.TEXT);
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
        form);
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
   * The step of the first piece of each token.
   *
   * @throws QatException if the encoder does not read tokens
   */
  @Override
  public int[] tokenSteps(String text) {
    if (form != Form.TOKENS) {
      throw new QatException(
          "this encoder splits whole texts, so that no token has a step; its form is "
              + form
              + ", expected "
              + Form.TOKENS);
    }
    List<String> tokens = TokenText.of(text).tokens();
    int[] steps = new int[Math.min(tokens.size(), length)];
    int n = 0;
    for (int at = 1; n < tokens.size() && at < length - 1; n++) {
      steps[n] = at;
      at += pieces(tokens.get(n)).length;
    }
    return Arrays.copyOf(steps, n);
  }

  /** Of one token, at least one. */
  private int[] pieces(String token) {
    int[] pieces = words.split(token);
    return pieces.length > 0 ? pieces : new int[] {words.special().unknown()};
  }

  /**
   * Where the steps of the second type lie: a second text and its end, or a token in focus.
   *
   * @param from the first one; the length where there is none
   * @param to the step behind the last one
   */
  record Second(int from, int to) {}

  /** Encodes a text and says where the steps of the second type lie. */
  Second put(String text, int[] ids) {
    if (form == Form.TOKENS) {
      return put(TokenText.of(text), ids);
    }
    int tab = form == Form.PAIR ? text.indexOf('\t') : -1;
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

  private Second put(TokenText text, int[] ids) {
    Second focus = new Second(length, length);
    int last = length - 1;
    int at = 0;
    ids[at++] = words.special().begin();
    for (int i = 0; i < text.tokens().size() && at < last; i++) {
      int[] pieces = pieces(text.tokens().get(i));
      int n = Math.min(pieces.length, last - at);
      System.arraycopy(pieces, 0, ids, at, n);
      focus = i == text.focus() ? new Second(at, at + n) : focus;
      at += n;
    }
    ids[at++] = words.special().end();
    Arrays.fill(ids, at, length, PADDING);
    return focus;
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
   * behind the text; or of which type it is, 1 for the second text of a pair and its end, or for
   * the pieces of a token in focus, and 0 for everything else.
   *
   * @param pieces whose steps these are
   * @param types of which type a step is, instead of its place
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
