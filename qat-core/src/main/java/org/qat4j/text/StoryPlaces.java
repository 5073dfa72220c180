package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import org.qat4j.QatException;

/**
 * Where the question and the sentences of a {@link StoryText} stand, in the order of {@link
 * StoryEncoder}: 1 is the question, 2 the last sentence, 3 the one before it; padding where the
 * story has no more.
 *
 * @param sentences that are read, the last ones of the story, ≥ 1
 */
public record StoryPlaces(int sentences) implements TextEncoder {
  /** Ids of a story. */
  static final int MOST = 1 << 24;

  public StoryPlaces {
    checkSentences(sentences);
  }

  static void checkSentences(int sentences) {
    if (sentences < 1 || sentences >= MOST) {
      throw new QatException("a story has 1 to " + (MOST - 1) + " sentences, not " + sentences);
    }
  }

  @Override
  public int length() {
    return sentences + 1;
  }

  @Override
  public int vocabularySize() {
    return sentences + 2;
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
    throw new QatException("every sentence has a place: none of them can be left out");
  }

  @Override
  public void encode(String text, int[] ids) {
    int n = Math.min(sentences, StoryText.of(text).sentences().size()) + 1;
    for (int i = 0; i < n; i++) {
      ids[i] = i + 1;
    }
    Arrays.fill(ids, n, length(), PADDING);
  }
}
