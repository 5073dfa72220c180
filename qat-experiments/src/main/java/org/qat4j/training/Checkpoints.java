package org.qat4j.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Keeps where a training stands, so that one that was stopped goes on to the same end. */
public interface Checkpoints {
  /** Keeps nothing. */
  Checkpoints NONE = new Checkpoints() {};

  /** What is kept. */
  interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** What was kept last, to be closed by the caller; or null where the training begins. */
  default DataInputStream last() {
    return null;
  }

  /** Whether to keep where the training stands behind a step that ends no pass. */
  default boolean isDue() {
    return false;
  }

  /**
   * Keeps where the training stands: told behind every pass, whenever it is due, and at the end.
   *
   * @param step steps done
   * @param isEnd whether the training is over
   */
  default void keep(int step, boolean isEnd, Content content) {}
}
