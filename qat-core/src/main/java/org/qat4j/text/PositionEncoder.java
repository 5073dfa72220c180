package org.qat4j.text;

import java.util.BitSet;
import org.qat4j.QatException;

/**
 * The numbers of the steps, from 1, whatever the text: what an embedding of positions reads.
 *
 * @param length ids per text, ≥ 1
 */
public record PositionEncoder(int length) implements TextEncoder {
  public PositionEncoder {
    TextEncoder.checkLength(length);
  }

  @Override
  public int vocabularySize() {
    return length + 1;
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
    throw new QatException("positions have no vocabulary of which a part could be kept");
  }

  @Override
  public void encode(String text, int[] ids) {
    for (int i = 0; i < length; i++) {
      ids[i] = i + 1;
    }
  }
}
