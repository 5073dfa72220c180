package org.qat4j.data;

import java.io.Serializable;
import java.util.List;
import org.qat4j.QatException;

/**
 * One text and what is to be answered: its class, a tag for each of its tokens, or a number.
 *
 * @param text as a user would type it
 * @param label index into the labels of the data set; 0 where tokens are tagged
 * @param tags indexes into the labels, one for each token; empty where the text has a class
 * @param group texts of one group are ranked against each other, or are the two of a pair; {@value
 *     #NO_GROUP} for none
 * @param number where one is asked for; NaN otherwise
 */
public record Example(String text, int label, List<Integer> tags, int group, double number)
    implements Serializable {
  /** Nothing is ranked. */
  public static final int NO_GROUP = -1;

  public Example {
    tags = List.copyOf(tags);
    if (group < NO_GROUP) {
      throw new QatException("a group is " + NO_GROUP + " or more, not " + group);
    }
  }

  /** A text with its class or tags. */
  public Example(String text, int label, List<Integer> tags, int group) {
    this(text, label, tags, group, Double.NaN);
  }

  /** A text with its number. */
  public static Example numbered(String text, double number) {
    return new Example(text, 0, List.of(), NO_GROUP, number);
  }

  /** One of two texts that have a number together. */
  public static Example paired(String text, int pair, double number) {
    return new Example(text, 0, List.of(), pair, number);
  }

  /** A text with its class. */
  public Example(String text, int label) {
    this(text, label, List.of(), NO_GROUP);
  }

  /** A text whose tokens have tags. */
  public static Example tagged(String text, List<Integer> tags) {
    return new Example(text, 0, tags, NO_GROUP);
  }
}
