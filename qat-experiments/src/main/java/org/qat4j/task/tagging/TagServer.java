package org.qat4j.task.tagging;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;
import org.qat4j.text.internal.TokenText;

/** Tags tokens. */
public record TagServer(Predictor predictor) implements Server {
  @Override
  public Sample encode(String text) {
    return predictor.encode(text);
  }

  @Override
  public Answer answer(String text) {
    List<String> tokens = TokenText.of(text).tokens();
    List<String> tags = predictor.tags(text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tokens", tokens);
    json.put("tags", tags);
    return new Answer(brackets(tokens, tags), json);
  }

  /** Spans in brackets: "[ARG0 She] [V gave] him". */
  private static String brackets(List<String> tokens, List<String> tags) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      boolean begins = tags.get(i).startsWith("B-");
      boolean ends = i + 1 == tokens.size() || !tags.get(i + 1).startsWith("I-");
      boolean inside = begins || tags.get(i).startsWith("I-");
      line.append(i == 0 ? "" : " ")
          .append(begins ? "[" + tags.get(i).substring(2) + " " : "")
          .append(tokens.get(i))
          .append(inside && ends ? "]" : "");
    }
    return line.toString();
  }
}
