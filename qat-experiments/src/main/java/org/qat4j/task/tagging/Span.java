package org.qat4j.task.tagging;

import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring tokens of one kind.
 *
 * @param kind what stands behind B- and I-
 * @param begin index of the first token
 * @param end index behind the last one
 */
public record Span(String kind, int begin, int end) {

  /**
   * The spans of a sentence, in order: B-X begins one, every I-X behind it goes on. An I-X that
   * does not go on with a span of its kind begins one, as in the scorer of CoNLL-2000.
   *
   * @param tags B-X, I-X, and anything else outside of spans
   */
  public static List<Span> of(List<String> tags) {
    List<Span> spans = new ArrayList<>();
    int begin = 0;
    String kind = null;
    for (int t = 0; t <= tags.size(); t++) {
      String tag = t < tags.size() ? tags.get(t) : "O";
      boolean inside = tag.startsWith("B-") || tag.startsWith("I-");
      boolean goesOn = tag.startsWith("I-") && tag.substring(2).equals(kind);
      if (!goesOn) {
        if (kind != null) {
          spans.add(new Span(kind, begin, t));
        }
        kind = inside ? tag.substring(2) : null;
        begin = t;
      }
    }
    return spans;
  }
}
