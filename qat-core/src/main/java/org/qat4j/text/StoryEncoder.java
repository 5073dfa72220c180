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
}
