package org.qat4j.text;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

/**
 * Turns a text into a fixed number of token ids. Deterministic, stateless, thread-safe; the model
 * file carries it, so that serving encodes exactly as training did.
 */
public sealed interface TextEncoder
    permits AffixEncoder,
        CharacterEncoder,
        DistanceEncoder,
        FieldEncoder,
        NgramEncoder,
        OverlapEncoder,
        PieceEncoder,
        PositionEncoder,
        WordPieceEncoder.StepEncoder,
        StoryEncoder,
        StoryEncoder.StoryPlaces,
        TokenEncoder,
        WordEncoder,
        WordPieceEncoder {
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

  /** The first id that stands for a certain token, and not for padding or unknown ones. */
  int firstToken();

  /** Whether what has no id is left out, instead of being marked as unknown. */
  boolean leavesOut();

  /**
   * The encoder that knows some of its tokens only. Ids are numbered anew, in the same order; texts
   * are encoded as if the others were unknown, or as if they were not there: {@link #leavesOut}.
   *
   * @param ids which stay; those before {@link #firstToken()} do always
   * @throws QatException if no token stays
   */
  TextEncoder keeping(BitSet ids);

  /** The id of what has none, or −1 where it is left out. */
  default int unknown() {
    return leavesOut() ? -1 : firstToken() - 1;
  }

  /** The ids of a text. */
  default int[] encode(String text) {
    int[] ids = new int[length()];
    encode(text, ids);
    return ids;
  }

  /**
   * The step of each token of a {@link TokenText}, at which its tag is read; those that lie behind
   * the last step have none.
   */
  default int[] tokenSteps(String text) {
    int tokens = TokenText.of(text).tokens().size();
    return IntStream.range(0, Math.min(tokens, length())).toArray();
  }

  /** Entries of a vocabulary whose ids stay. */
  static <T> List<T> kept(List<T> entries, BitSet ids, int first) {
    List<T> kept =
        IntStream.range(0, entries.size())
            .filter(i -> ids.get(first + i))
            .mapToObj(entries::get)
            .collect(Collectors.toUnmodifiableList());
    if (kept.isEmpty()) {
      throw new QatException("a vocabulary of which nothing is kept");
    }
    return kept;
  }
}
