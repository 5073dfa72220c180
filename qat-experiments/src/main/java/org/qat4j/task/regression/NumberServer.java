package org.qat4j.task.regression;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;

/** Gives a number. */
public record NumberServer(Predictor predictor) implements Server {
  @Override
  public Sample encode(String text) {
    return predictor.encode(text);
  }

  @Override
  public Answer answer(String text) {
    float number = predictor.number(text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("text", text);
    json.put("number", number);
    return new Answer(String.format(Locale.ROOT, "%.4f", number), json);
  }
}
