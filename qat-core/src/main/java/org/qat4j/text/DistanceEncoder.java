package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

/**
 * How far each token of a {@link TokenText} stands from the one in focus: the id is 1 + reach + d,
 * where d is the token's index minus that of the focus, cut to [−reach, reach]; 0 where there is no
 * focus.
 *
 * @param reach distances beyond it are the same, ≥ 1
 * @param length ids per text, ≥ 1
 */
public record DistanceEncoder(int reach, int length) implements TextEncoder {
  private static final int FARTHEST = 1 << 20;

  public DistanceEncoder {
    TextEncoder.checkLength(length);
    if (reach < 1 || reach > FARTHEST) {
      throw new QatException("a reach lies in 1 to " + FARTHEST + ", not " + reach);
    }
  }

  @Override
  public int vocabularySize() {
    return 2 * reach + 2;
  }

  @Override
  public int firstToken() {
    return 1;
  }

  @Override
  public boolean leavesOut() {
    return false;
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    throw new QatException("every token has a distance: none of them can be left out");
  }

  @Override
  public void encode(String text, int[] ids) {
    TokenText t = TokenText.of(text);
    int n = Math.min(length, t.tokens().size());
    for (int i = 0; i < n; i++) {
      int distance = t.focus() < 0 ? 0 : i - t.focus();
      ids[i] = 1 + reach + Math.max(-reach, Math.min(reach, distance));
    }
    Arrays.fill(ids, n, length, PADDING);
  }
}
