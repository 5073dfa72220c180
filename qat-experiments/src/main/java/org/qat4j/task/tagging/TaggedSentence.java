package org.qat4j.task.tagging;

import java.util.List;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

/**
 * Words with one BIO tag each: {@code B-X} begins a span of kind X, {@code I-X} goes on with it,
 * {@code O} is outside of all spans.
 *
 * @param tokens one or more
 * @param predicate index of the token whose arguments are tagged, or −1 where there is none
 * @param tags as many as tokens
 */
public record TaggedSentence(List<String> tokens, int predicate, List<String> tags) {
  /** There is no predicate: named entities, chunks. */
  public static final int NO_PREDICATE = -1;

  public TaggedSentence {
    tokens = List.copyOf(tokens);
    tags = List.copyOf(tags);
    if (tokens.isEmpty() || tokens.size() != tags.size()) {
      throw new QatException(
          tokens.size() + " tokens with " + tags.size() + " tags: " + String.join(" ", tokens));
    }
    if (predicate < NO_PREDICATE || predicate >= tokens.size()) {
      throw new QatException(
          "predicate " + predicate + " lies outside the " + tokens.size() + " tokens");
    }
  }

  /** As {@link TokenText} splits it. */
  String text() {
    List<String> words = tokens.stream().map(t -> t.strip().replaceAll("\\s+", "_")).toList();
    return new TokenText(words, predicate).text();
  }
}
