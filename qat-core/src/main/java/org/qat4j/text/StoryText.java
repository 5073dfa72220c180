package org.qat4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/**
 * A text of two fields with a tab between: a story, and a question about it. A sentence of the
 * story ends behind a full stop, an exclamation mark or a question mark that white space or the end
 * of the story follows; white space is that of ASCII.
 *
 * @param sentences of the story, in order
 * @param question what stands behind the first tab
 */
record StoryText(List<String> sentences, String question) {
  private static final Pattern SENTENCE =
      Pattern.compile("\\S.*?(?:[.!?](?=\\s|\\z)|\\z)", Pattern.DOTALL);

  public StoryText {
    sentences = List.copyOf(sentences);
  }

  /**
   * Splits a text.
   *
   * @throws QatException if there is no tab
   */
  public static StoryText of(String text) {
    int tab = text.indexOf('\t');
    if (tab < 0) {
      throw new QatException("expected a story, a tab and a question; there is no tab");
    }
    List<String> sentences = new ArrayList<>();
    Matcher sentence = SENTENCE.matcher(text.substring(0, tab));
    while (sentence.find()) {
      sentences.add(sentence.group());
    }
    return new StoryText(sentences, text.substring(tab + 1));
  }

  /** The question and then, the last first, at most so many of the sentences. */
  List<String> latestFirst(int most) {
    List<String> all = new ArrayList<>(List.of(question));
    for (int i = sentences.size() - 1; i >= 0 && all.size() <= most; i--) {
      all.add(sentences.get(i));
    }
    return all;
  }
}
