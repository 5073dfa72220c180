package org.qat4j.task.classification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;

/**
 * Gives the most probable classes.
 *
 * @param top number of them
 */
public record ClassServer(Predictor predictor, int top) implements Server {
  @Override
  public Sample encode(String text) {
    return predictor.encode(text);
  }

  @Override
  public Answer answer(String text) {
    float[] p = predictor.probabilities(text);
    List<Integer> best =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -p[i]).thenComparing(i -> i))
            .limit(top)
            .toList();
    StringBuilder line = new StringBuilder();
    List<Map<String, Object>> classes = new ArrayList<>();
    for (int i : best) {
      String label = predictor.label(i);
      line.append(line.isEmpty() ? "" : "\t")
          .append(label)
          .append('\t')
          .append(String.format(Locale.ROOT, "%.3f", p[i]));
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("label", label);
      entry.put("probability", p[i]);
      classes.add(entry);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("text", text);
    json.put("classes", classes);
    return new Answer(line.toString(), json);
  }
}
