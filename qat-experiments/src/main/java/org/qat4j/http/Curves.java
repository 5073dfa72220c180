package org.qat4j.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Learning curves of a metrics.jsonl, thinned so that a page can draw them. */
final class Curves {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST = 800;

  /** Points of one training; every {@code stride}-th one. */
  private static final class Curve {
    private List<JsonNode> points = new ArrayList<>();
    private JsonNode behind; // the last one, where it is not kept yet; else null
    private long seen;
    private int stride = 1;

    void add(JsonNode point) {
      boolean kept = seen++ % stride == 0;
      behind = kept ? null : point;
      if (!kept) {
        return;
      }
      points.add(point);
      if (points.size() > MOST) {
        List<JsonNode> half = new ArrayList<>();
        for (int i = 0; i < points.size(); i += 2) {
          half.add(points.get(i));
        }
        points = half; // MOST is even, so that the newest of MOST + 1 stays
        stride *= 2;
      }
    }

    List<JsonNode> all() {
      List<JsonNode> all = new ArrayList<>(points);
      if (behind != null) {
        all.add(behind);
      }
      return all;
    }
  }

  private Curves() {}

  /**
   * Reads a file that may be written to at the same time: its last line may be half a one, which is
   * left out.
   *
   * @return by seed and stage, such as "42 qat"; measured accuracies are never thinned out, since
   *     they are curves of their own, such as "42 qat validation"
   */
  static Map<String, List<JsonNode>> read(Path file) throws IOException {
    Map<String, Curve> curves = new LinkedHashMap<>();
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode point = JSON.readTree(line);
        String name = point.path("seed").asText() + " " + point.path("stage").asText();
        curves.computeIfAbsent(name, n -> new Curve()).add(point);
        if (point.path("validationAccuracy").isNumber()) {
          curves.computeIfAbsent(name + " validation", n -> new Curve()).add(point);
        }
      }
    } catch (JsonProcessingException | CharacterCodingException e) {
      // half a line: the next look finds it whole
    }
    Map<String, List<JsonNode>> all = new LinkedHashMap<>();
    curves.forEach((name, curve) -> all.put(name, curve.all()));
    return all;
  }
}
