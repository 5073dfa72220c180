package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;
import org.qat4j.evaluation.Statistics;

/** Writes report.json; docs/report.md lists its keys. */
public final class ReportJson {
  private static final int SIGNIFICANT_DIGITS = 7;

  /** The same on every system: no line ends of its own. */
  private static final PrettyPrinter PRETTY =
      new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.class, new Rounded())
                  .addSerializer(double.class, new Rounded()))
          .build();

  private ReportJson() {}

  /** The report as JSON, its keys in a fixed order. */
  public static String of(RunReport report) {
    return pretty(tree(report));
  }

  /** Records, maps and lists on many lines. */
  public static String pretty(Object value) {
    return write(MAPPER.writer(PRETTY), value) + "\n";
  }

  /** Records, maps and lists on one line. */
  public static String compact(Object value) {
    return write(MAPPER.writer(), value);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records and maps can always be written", e);
    }
  }

  /** Digits beyond the seventh say nothing; what is not finite is null. */
  private static final class Rounded extends JsonSerializer<Double> {
    @Override
    public void serialize(Double v, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (v.isNaN() || v.isInfinite()) {
        out.writeNull();
      } else {
        MathContext digits = new MathContext(SIGNIFICANT_DIGITS, RoundingMode.HALF_EVEN);
        out.writeNumber(new BigDecimal(v).round(digits).doubleValue());
      }
    }
  }

  private static Map<String, Object> tree(RunReport r) {
    SeedRun first = r.runs().get(0);
    List<Long> seeds = r.runs().stream().map(SeedRun::seed).toList();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("schemaVersion", RunReport.SCHEMA_VERSION);
    all.put("experiment", r.experiment());
    all.put("description", r.description());
    all.put("seed", seeds.size() == 1 ? seeds.get(0) : null);
    all.put("seeds", seeds.size() == 1 ? null : seeds);
    all.put("data", r.data());
    all.put("results", results(r.results()));
    all.put("bytes", first.bytes());
    all.put("verify", r.verification());
    all.put("seconds", seconds(r.runs()));
    all.put("cost", cost(r.runs()));
    all.put("tuning", first.tuning());
    all.put("gate", r.gate());
    all.put("findings", r.findings());
    all.put("runs", seeds.size() == 1 ? null : runs(r.results(), r.runs()));
    all.put("curves", first.curves());
    all.put("pruning", first.pruning().isEmpty() ? null : first.pruning());
    all.put("sizes", first.sizes().isEmpty() ? null : first.sizes());
    all.put("inFloat", first.inFloat().isEmpty() ? null : first.inFloat());
    all.put("layers", byStage(first.layers()));
    all.put("classes", r.classes().classes().stream().map(ReportJson::ofClass).toList());
    all.put("confusions", r.classes().confusions());
    all.put("samples", r.samples().stream().map(ReportJson::sample).toList());
    all.put("provenance", r.provenance());
    all.put("config", r.config());
    all.values().removeIf(Objects::isNull);
    return all;
  }

  /** The report of a sweep as JSON, its keys in a fixed order. */
  public static String of(SweepReport report) {
    List<Long> seeds = report.seeds();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("schemaVersion", RunReport.SCHEMA_VERSION);
    all.put("experiment", report.experiment());
    all.put("description", report.description());
    all.put("seeds", seeds);
    all.put("data", report.data());
    all.put("knee", report.knee().name());
    all.put("findings", report.findings());
    all.put("variants", report.variants().stream().map(ReportJson::variant).toList());
    all.put("provenance", report.provenance());
    return pretty(all);
  }

  private static Map<String, Object> variant(SweepVariant v) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", v.name());
    all.put("settings", v.settings());
    all.put("results", results(v.results()));
    all.put("bytes", v.runs().get(0).bytes());
    all.put("verify", v.verification());
    all.put("postTrainingSuffices", v.postTrainingSuffices());
    all.put("gainsAsFloatDoes", v.gainsAsFloatDoes());
    all.put("seconds", seconds(v.runs()));
    all.put("cost", cost(v.runs()));
    all.put("runs", runs(v.results(), v.runs()));
    return all;
  }

  private static List<Map<String, Object>> runs(Results results, List<SeedRun> runs) {
    return runs.stream().map(run -> run(results.metric(), run)).toList();
  }

  private static <V> Map<String, V> byStage(Map<Stage, V> map) {
    Map<String, V> named = new LinkedHashMap<>();
    map.forEach((stage, value) -> named.put(stage.key(), value));
    return named;
  }

  private static Map<String, Object> run(Metric metric, SeedRun run) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("seed", run.seed());
    Map<String, Double> score = new LinkedHashMap<>();
    run.predictions().forEach((stage, p) -> score.put(stage.key(), p.score()));
    all.put(metric.key(), score);
    all.put("seconds", run.totalSeconds());
    return all;
  }

  private static Map<String, Object> ofClass(Classes.OfClass c) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("label", c.label());
    all.put("items", c.items());
    all.put("accuracy", byStage(c.accuracy()));
    return all;
  }

  private static Map<String, Object> sample(SampleText s) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("text", s.text());
    all.put("label", s.label());
    all.put("answers", byStage(s.answers()));
    all.put("probability", s.probability());
    return all;
  }

  static Map<String, Object> results(Results results) {
    Map<String, Object> all = new LinkedHashMap<>();
    results
        .stages()
        .forEach((stage, result) -> all.put(stage.key(), result(results.metric(), result)));
    all.put("flips", results.flips());
    return all;
  }

  private static Map<String, Object> result(Metric metric, StageResult r) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(metric.key(), r.score());
    all.putAll(r.parts());
    all.put("interval", r.interval());
    all.put("loss", r.loss());
    if (r.perSeed().size() > 1) {
      all.put("standardDeviation", r.standardDeviation());
    }
    all.put("against", byStage(r.against()));
    return all;
  }

  /** Time of each phase, all seeds together. */
  static Map<String, Double> seconds(List<SeedRun> runs) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      double sum = runs.stream().mapToDouble(r -> r.seconds().getOrDefault(phase, 0.0)).sum();
      seconds.put(phase.key(), sum);
    }
    seconds.put("total", runs.stream().mapToDouble(SeedRun::totalSeconds).sum());
    return seconds;
  }

  private static Map<String, Object> cost(List<SeedRun> runs) {
    double[] ratios =
        runs.stream()
            .map(SeedRun::qatStepOverFloatStep)
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray();
    Map<String, Object> cost = new LinkedHashMap<>();
    if (ratios.length > 0) {
      cost.put("qatStepOverFloatStep", Statistics.mean(ratios));
    }
    cost.put("microsPerText", byStage(meanMicrosPerText(runs)));
    return cost;
  }

  /** Mean over the seeds. */
  public static Map<Stage, Double> meanMicrosPerText(List<SeedRun> runs) {
    Map<Stage, Double> means = new EnumMap<>(Stage.class);
    for (Stage stage : runs.get(0).microsPerText().keySet()) {
      means.put(
          stage,
          runs.stream()
              .mapToDouble(r -> r.microsPerText().getOrDefault(stage, Double.NaN))
              .average()
              .orElseThrow());
    }
    return means;
  }
}
