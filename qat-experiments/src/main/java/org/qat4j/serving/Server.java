package org.qat4j.serving;

import java.util.Map;
import org.qat4j.runtime.Sample;

/** A frozen model in the service of its task. */
public interface Server {
  /**
   * An answer to one text.
   *
   * @param line for people
   * @param json the same by names
   */
  record Answer(String line, Map<String, Object> json) {}

  /**
   * What is asked for beside the best answer.
   *
   * @param top number of classes that are told, 1 or more
   * @param beam beginnings of a translation that are followed
   */
  record Wish(int top, int beam) {
    /** The best answer alone. */
    public static final Wish BEST = new Wish(1, 1);
  }

  /** What the model reads of a text. */
  Sample encode(String text);

  /** The answer to a text. */
  Answer answer(String text);
}
