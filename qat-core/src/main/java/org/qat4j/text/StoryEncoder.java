package org.qat4j.text;

import java.util.Arrays;
import java.util.BitSet;
import org.qat4j.QatException;

/**
 * The words of a {@link StoryText}: those of the question, then those of its sentences, the last
 * one first, each padded to the same number of ids.
 *
 * @param words how one of them is encoded
 * @param sentences that are read, the last ones of the story, ≥ 1
 */
public record StoryEncoder(WordEncoder words, int sentences) implements TextEncoder {
  public StoryEncoder {
    StoryPlaces.checkSentences(sentences);
    if ((long) (sentences + 1) * words.length() > StoryPlaces.MOST) {
      throw new QatException("a story of more than " + StoryPlaces.MOST + " words");
    }
  }

  @Override
  public int length() {
    return (sentences + 1) * words.length();
  }

  @Override
  public int vocabularySize() {
    return words.vocabularySize();
  }

  @Override
  public int firstToken() {
    return words.firstToken();
  }

  @Override
  public boolean leavesOut() {
    return words.leavesOut();
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    return new StoryEncoder(words.keeping(ids), sentences);
  }

  @Override
  public void encode(String text, int[] ids) {
    int[] row = new int[words.length()];
    int at = 0;
    for (String sentence : StoryText.of(text).latestFirst(sentences)) {
      words.encode(sentence, row);
      System.arraycopy(row, 0, ids, at, row.length);
      at += row.length;
    }
    Arrays.fill(ids, at, length(), PADDING);
  }

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
}
