package org.qat4j.data;

import java.util.List;

/**
 * What a text encoder knows.
 *
 * @param entries words or code points, the most frequent first
 * @param distinct different entries in the training texts
 * @param tokens entries in the training texts
 * @param unknownTokens those of them that are not in the vocabulary; where it is 0, training never
 *     sees the unknown id, and random replacement of tokens is needed to train it
 */
public record Vocabulary<T>(List<T> entries, int distinct, long tokens, long unknownTokens) {
  public Vocabulary {
    entries = List.copyOf(entries);
  }
}
