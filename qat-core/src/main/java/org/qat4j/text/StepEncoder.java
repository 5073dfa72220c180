package org.qat4j.text;

import java.util.BitSet;
import org.qat4j.QatException;

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
