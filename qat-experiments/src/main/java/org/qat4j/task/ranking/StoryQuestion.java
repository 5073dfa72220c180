package org.qat4j.task.ranking;

import java.util.List;

/**
 * A question about a story.
 *
 * @param story sentences that were told before the question, in order
 * @param question ends with a question mark
 * @param answer one word, or several with commas between
 * @param support indexes of the sentences of the story that the answer rests on
 */
public record StoryQuestion(
    List<String> story, String question, String answer, List<Integer> support) {
  public StoryQuestion {
    story = List.copyOf(story);
    support = List.copyOf(support);
  }
}
