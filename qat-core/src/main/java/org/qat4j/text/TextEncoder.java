package org.qat4j.text;

import org.qat4j.QatException;

/**
 * Turns a text into a fixed number of token ids. Deterministic, stateless, thread-safe; the model
 * file carries it, so that serving encodes exactly as training did.
 */
public sealed interface TextEncoder permits CharacterEncoder, NgramEncoder, WordEncoder {
  /** Id of the steps behind the last token. */
  int PADDING = 0;

  /** Refuses a number of ids that no encoder can write. */
  static void checkLength(int length) {
    if (length < 1) {
      throw new QatException("a text encoder writes 1 id or more, not " + length);
    }
  }

  /** Number of ids that every text gives. */
  int length();

  /** Ids lie in [0, vocabularySize). */
  int vocabularySize();

  /**
   * Writes {@link #length()} ids; shorter texts are padded behind with {@link #PADDING}, longer
   * ones cut.
   *
   * @param ids filled from index 0; at least {@link #length()} long
   */
  void encode(String text, int[] ids);

  /** The ids of a text. */
  default int[] encode(String text) {
    int[] ids = new int[length()];
    encode(text, ids);
    return ids;
  }
}
