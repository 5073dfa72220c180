package org.qat4j.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes report.json; docs/report.md lists its keys. */
public final class ReportJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ReportJson() {}

  /** The report as JSON, its keys in a fixed order. */
  public static String of(RunReport report) {
    try {
      return MAPPER.writeValueAsString(tree(report)) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records and maps can always be written", e);
    }
  }

  private static Map<String, Object> tree(RunReport r) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("schemaVersion", RunReport.SCHEMA_VERSION);
    all.put("experiment", r.experiment());
    all.put("description", r.description());
    List<Long> seeds = r.runs().stream().map(SeedRun::seed).toList();
    if (seeds.size() == 1) {
      all.put("seed", seeds.get(0));
    } else {
      all.put("seeds", seeds);
    }
    all.put("data", r.data());
    all.put("results", results(r.results()));
    SeedRun first = r.runs().get(0);
    all.put("bytes", first.bytes());
    all.put("verify", first.verification());
    all.put("seconds", seconds(r.runs()));
    all.put("cost", cost(r.runs()));
    all.put("findings", r.findings());
    all.put("samples", r.samples());
    all.put("provenance", r.provenance());
    return all;
  }

  private static Map<String, Object> results(Results results) {
    Map<String, Object> all = new LinkedHashMap<>();
    results.stages().forEach((stage, result) -> all.put(stage.key(), result(result)));
    all.put("flips", results.flips());
    return all;
  }

  private static Map<String, Object> result(StageResult r) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("accuracy", r.accuracy());
    all.put("interval", r.interval());
    all.put("loss", r.loss());
    Map<String, Object> against = new LinkedHashMap<>();
    r.against().forEach((stage, difference) -> against.put(stage.key(), difference));
    all.put("against", against);
    return all;
  }

  private static Map<String, Double> seconds(List<SeedRun> runs) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      double sum = runs.stream().mapToDouble(r -> r.seconds().getOrDefault(phase, 0.0)).sum();
      seconds.put(phase.key(), sum);
    }
    seconds.put("total", runs.stream().mapToDouble(SeedRun::totalSeconds).sum());
    return seconds;
  }

  private static Map<String, Double> cost(List<SeedRun> runs) {
    double[] ratios =
        runs.stream()
            .map(SeedRun::qatStepOverFloatStep)
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray();
    Map<String, Double> cost = new LinkedHashMap<>();
    if (ratios.length > 0) {
      cost.put("qatStepOverFloatStep", Statistics.mean(ratios));
    }
    return cost;
  }
}
