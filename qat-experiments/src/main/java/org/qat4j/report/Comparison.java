package org.qat4j.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;
import org.qat4j.QatException;
import org.qat4j.evaluation.Interval;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Stage;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reports side by side: what each reaches, its size, and the settings in which they differ.
 *
 * @param entries runs and variants of sweeps, in the order in which they were given
 */
public record Comparison(List<Entry> entries) {
  private static final int COLUMNS = 100;

  public Comparison {
    entries = List.copyOf(entries);
  }

  /**
   * A run, or a variant of a sweep.
   *
   * @param name where it lies
   * @param experiment its name
   * @param seeds how many
   * @param metric of its results
   * @param dataSha256 of all rows
   * @param last the stage that the others lead to
   * @param results of each stage
   * @param bytes of model.qat, or null
   * @param microsPerText time of the last stage, or null
   * @param settings every key of its experiment
   */
  public record Entry(
      String name,
      String experiment,
      int seeds,
      Metric metric,
      String dataSha256,
      Stage last,
      Map<Stage, Result> results,
      Long bytes,
      Double microsPerText,
      Map<String, String> settings) {}

  /**
   * What a stage reaches.
   *
   * @param score by the metric
   * @param interval of the score
   * @param toFloat difference to the float network, or null
   * @param toControl difference to the control, or null
   */
  public record Result(double score, Interval interval, Change toFloat, Change toControl) {}

  /** A difference with its interval. */
  public record Change(double mean, Interval interval) {
    private String text() {
      return Formats.points(mean, interval);
    }
  }

  /**
   * Reads a report.json.
   *
   * @param name where it lies
   * @return one entry of a run, or those of all variants of a sweep
   * @throws QatException if it is no report
   */
  public static List<Entry> read(String name, JsonNode report) {
    if (report.path("schemaVersion").asInt() != RunReport.SCHEMA_VERSION) {
      throw new QatException(name + " is no report of this version; its schemaVersion has to be 1");
    }
    if (!report.has("variants")) {
      Map<String, String> settings = settings(name, report.path("config").asText());
      return List.of(entry(name, report, report, settings));
    }
    List<Entry> entries = new ArrayList<>();
    for (JsonNode variant : report.get("variants")) {
      Map<String, String> settings = new LinkedHashMap<>();
      variant
          .path("settings")
          .properties()
          .forEach(e -> settings.put(e.getKey(), e.getValue().asText()));
      entries.add(entry(name + "/" + variant.path("name").asText(), report, variant, settings));
    }
    return entries;
  }

  private static Entry entry(
      String name, JsonNode report, JsonNode run, Map<String, String> settings) {
    JsonNode results = run.path("results");
    Metric metric = null;
    Map<Stage, Result> stages = new LinkedHashMap<>();
    Stage last = null;
    for (Stage stage : Stage.values()) {
      JsonNode result = results.path(stage.key());
      for (Metric m : Metric.values()) {
        if (result.has(m.key())) {
          metric = m;
          stages.put(
              stage,
              new Result(
                  result.get(m.key()).asDouble(),
                  interval(result.path("interval")),
                  change(result, Stage.FLOAT),
                  change(result, Stage.CONTROL)));
          last = stage;
        }
      }
    }
    if (last == null) {
      throw new QatException(name + " has no results");
    }
    JsonNode bytes = run.at("/bytes/integerWithVocabulary");
    JsonNode micros = run.at("/cost/microsPerText/" + last.key());
    return new Entry(
        name,
        report.path("experiment").asText(),
        Math.max(1, report.path("seeds").size()),
        metric,
        report.at("/data/sha256").asText(),
        last,
        stages,
        bytes.isNumber() ? Long.valueOf(bytes.asLong()) : null,
        micros.isNumber() ? Double.valueOf(micros.asDouble()) : null,
        settings);
  }

  private static Interval interval(JsonNode ends) {
    return new Interval(ends.path(0).asDouble(), ends.path(1).asDouble());
  }

  private static Change change(JsonNode result, Stage reference) {
    JsonNode d = result.path("against").path(reference.key());
    return d.has("mean")
        ? new Change(d.get("mean").asDouble(), interval(d.path("interval")))
        : null;
  }

  private static Map<String, String> settings(String name, String yaml) {
    Map<String, String> settings = new LinkedHashMap<>();
    try {
      flatten("", new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml), settings);
    } catch (YAMLException e) {
      throw new QatException("the config in the report of " + name + " is no YAML", e);
    }
    return settings;
  }

  private static void flatten(String path, Object value, Map<String, String> settings) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, below) -> flatten(path.isEmpty() ? "" + key : path + "." + key, below, settings));
    } else if (!path.isEmpty()) {
      settings.put(path, String.valueOf(value));
    }
  }

  /** The keys in which the entries differ, but for their names; in the order of the files. */
  public Map<String, List<String>> differences() {
    Set<String> keys = new LinkedHashSet<>();
    entries.forEach(e -> keys.addAll(e.settings().keySet()));
    Map<String, List<String>> differences = new LinkedHashMap<>();
    for (String key : keys) {
      List<String> values =
          entries.stream().map(e -> e.settings().getOrDefault(key, Formats.NONE)).toList();
      if (values.stream().distinct().count() > 1 && !Set.of("name", "description").contains(key)) {
        differences.put(key, values);
      }
    }
    return differences;
  }

  /** What makes figures incomparable; empty where nothing does. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (entries.stream().map(Entry::metric).distinct().count() > 1) {
      warnings.add("The runs have different metrics: their figures cannot be compared.");
    }
    if (entries.stream().map(Entry::dataSha256).distinct().count() > 1) {
      warnings.add(
          "The runs were made with different data: a difference may be that of their test sets.");
    }
    return warnings;
  }

  /** Lines of at most 100 columns, each ended by a line feed. */
  public String table() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry e = entries.get(i);
      lines.add(
          letter(i)
              + "  "
              + e.name()
              + ": "
              + e.experiment()
              + (e.seeds() == 1 ? ", 1 seed" : ", " + e.seeds() + " seeds"));
    }
    lines.add("");
    lines.add(
        row(
            "",
            "",
            entries.get(0).metric().title(),
            "95 % interval",
            "to float, points",
            "to control"));
    for (int i = 0; i < entries.size(); i++) {
      addResults(lines, i);
    }
    lines.add("");
    addSizes(lines);
    addDifferences(lines);
    lines.add("");
    lines.add(
        wrap(
            "Intervals are those of each run by itself; differences are paired within a run, not"
                + " between runs."));
    warnings().forEach(w -> lines.add(wrap("warning: " + w)));
    return lines.stream().map(l -> l.stripTrailing() + "\n").collect(Collectors.joining());
  }

  /** The best baseline, float, control and the last stage. */
  private void addResults(List<String> lines, int i) {
    Entry e = entries.get(i);
    Stage baseline =
        e.results().keySet().stream()
            .filter(Stage::isBaseline)
            .max(Comparator.comparing(s -> e.results().get(s).score()))
            .orElse(null);
    for (Stage stage : Stage.values()) {
      boolean shown =
          stage == baseline
              || stage == Stage.FLOAT
              || stage == Stage.CONTROL
              || stage == Stage.PTQ
              || stage == e.last();
      Result r = e.results().get(stage);
      if (shown && r != null) {
        boolean differs = !stage.isBaseline();
        lines.add(
            row(
                letter(i),
                stage.title(),
                Formats.percent(r.score()),
                Formats.percent(r.interval()),
                differs && r.toFloat() != null ? r.toFloat().text() : "",
                differs && r.toControl() != null ? r.toControl().text() : ""));
      }
    }
  }

  private void addSizes(List<String> lines) {
    for (int i = 0; i < entries.size(); i++) {
      Entry e = entries.get(i);
      lines.add(
          letter(i)
              + "  "
              + (e.bytes() == null ? "no model" : "model.qat " + Formats.bytes(e.bytes()))
              + (e.microsPerText() == null
                  ? ""
                  : ", " + Formats.decimals(e.microsPerText(), 1) + " µs a text"));
    }
  }

  private void addDifferences(List<String> lines) {
    Map<String, List<String>> differences = differences();
    lines.add("");
    lines.add(differences.isEmpty() ? "No settings differ." : "Settings that differ:");
    differences.forEach(
        (key, values) -> {
          lines.add("  " + key);
          for (int i = 0; i < values.size(); i++) {
            lines.add("    " + letter(i) + "  " + abbreviated(values.get(i)));
          }
        });
  }

  private static String abbreviated(String value) {
    int room = COLUMNS - 10;
    return value.length() <= room ? value : value.substring(0, room - 1) + "…";
  }

  private static String letter(int i) {
    return i < 26 ? String.valueOf((char) ('A' + i)) : Integer.toString(i + 1);
  }

  private static String wrap(String text) {
    return WordUtils.wrap(text, COLUMNS, "\n", false);
  }

  private static String row(String... cells) {
    return String.format(Locale.ROOT, "%-2s %-17s %9s  %-16s %-21s %-21s", (Object[]) cells);
  }

  /** The same for programs: keys in a fixed order. */
  public String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("runs", entries.stream().map(Comparison::tree).toList());
    all.put("differences", differences());
    all.put("warnings", warnings());
    return ReportJson.pretty(all);
  }

  private static Map<String, Object> tree(Entry e) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", e.name());
    all.put("experiment", e.experiment());
    all.put("seeds", e.seeds());
    all.put("metric", e.metric().key());
    all.put("last", e.last().key());
    Map<String, Object> results = new LinkedHashMap<>();
    e.results().forEach((stage, result) -> results.put(stage.key(), result));
    all.put("results", results);
    all.put("bytes", e.bytes());
    all.put("microsPerText", e.microsPerText());
    all.values().removeIf(Objects::isNull);
    return all;
  }
}
