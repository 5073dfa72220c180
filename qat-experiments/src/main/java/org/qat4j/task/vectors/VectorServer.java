package org.qat4j.task.vectors;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;

/** Gives a vector of length 1. */
public record VectorServer(Predictor predictor) implements Server {
  @Override
  public Sample encode(String text) {
    return predictor.encode(text);
  }

  @Override
  public Answer answer(String text) {
    float[] vector = predictor.embed(text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("text", text);
    json.put("vector", vector);
    String line =
        IntStream.range(0, vector.length)
            .mapToObj(i -> String.format(Locale.ROOT, "%.6f", vector[i]))
            .collect(Collectors.joining(" "));
    return new Answer(line, json);
  }
}
