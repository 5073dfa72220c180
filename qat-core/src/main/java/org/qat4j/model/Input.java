package org.qat4j.model;

import java.util.List;

/**
 * What the model is given.
 *
 * @param name unique among inputs and operations
 * @param kind token ids or real numbers
 * @param shape [steps] of token ids; [features], [steps, channels] or [height, width, channels] of
 *     real numbers
 * @param vocabularySize token ids lie in [0, vocabularySize); 0 for real inputs
 */
public record Input(String name, Kind kind, List<Integer> shape, int vocabularySize) {
  /** Kinds of inputs. */
  public enum Kind {
    /** int32 ids; id 0 is padding. */
    TOKENS,
    /** float32. */
    REAL
  }

  public Input {
    shape = List.copyOf(shape);
  }
}
