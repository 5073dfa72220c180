package org.qat4j.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.report.Comparison;
import org.qat4j.report.folder.RunFolder;

/**
 * The run folders of a folder; read only. Names come from the folder itself, never from a request.
 */
final class RunList {
  static final String METRICS = "metrics.jsonl";
  static final String REPORT = "report.html";

  private static final String RESULTS = "report.json";
  private static final String EXPERIMENT = "experiment";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A report as it was read, with the time of its file. */
  private record Known(FileTime time, JsonNode report) {}

  private final Path folder;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  /**
   * @throws QatException if it is no folder, or a run itself
   */
  RunList(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new QatException(
          "there is no folder " + folder + "; ./qat run makes run folders in runs");
    }
    if (isRun(folder)) {
      throw new QatException(
          folder
              + " is a run itself; give the folder that it is in: "
              + folder.toAbsolutePath().normalize().getParent());
    }
    this.folder = folder;
  }

  private static boolean isRun(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(path.resolve(RunFolder.STATE));
  }

  private List<Path> runs() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(RunList::isRun).sorted().toList();
    }
  }

  /**
   * A run by its name.
   *
   * @throws Refusal if there is none of that name
   */
  Path named(String name) throws IOException {
    return runs().stream()
        .filter(run -> run.getFileName().toString().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new Refusal(Refusal.NOT_FOUND, "there is no run " + name + " in " + folder));
  }

  /** What a table shows of each run. */
  List<Map<String, Object>> rows() throws IOException {
    return runs().stream().map(this::row).toList();
  }

  private Map<String, Object> row(Path run) {
    Map<String, Object> row = new LinkedHashMap<>();
    String name = run.getFileName().toString();
    row.put("name", name);
    JsonNode state = read(run.resolve(RunFolder.STATE));
    row.put("state", RunFolder.state(run).key());
    row.put("started", text(state, "started"));
    row.put("ended", text(state, "ended"));
    row.put("report", Files.isRegularFile(run.resolve(REPORT)));
    row.put("curves", Files.isRegularFile(run.resolve(METRICS)));
    JsonNode report = report(run);
    row.put(EXPERIMENT, text(report, EXPERIMENT));
    row.put("description", text(report, "description"));
    try {
      if (!report.isMissingNode()) {
        addResults(row, Comparison.read(name, report));
      }
    } catch (QatException e) {
      row.put("problem", e.getMessage());
    }
    return row;
  }

  /** Of a sweep, those of its best variant, and how many there are. */
  private static void addResults(Map<String, Object> row, List<Comparison.Entry> entries) {
    Comparison.Entry best = entries.get(0);
    for (Comparison.Entry e : entries) {
      double score = e.results().get(e.last()).score();
      if (e.metric().gain(score, best.results().get(best.last()).score()) > 0) {
        best = e;
      }
    }
    Comparison.Result result = best.results().get(best.last());
    row.put("variants", entries.size());
    row.put("metric", best.metric().title());
    row.put("share", best.metric().isShare());
    row.put("last", best.last().title());
    row.put("score", result.score());
    row.put("interval", result.interval());
    row.put("toFloat", result.toFloat());
    row.put("bytes", best.bytes());
    row.put("seeds", best.seeds());
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).isTextual() ? node.path(key).textValue() : null;
  }

  /** The report of a run; missing where it has none yet. */
  JsonNode report(Path run) {
    Path file = run.resolve(RESULTS);
    try {
      FileTime time = Files.getLastModifiedTime(file);
      Known before = known.get(run);
      if (before == null || !before.time().equals(time)) {
        before = new Known(time, read(file));
        known.put(run, before);
      }
      return before.report();
    } catch (IOException e) {
      return MissingNode.getInstance(); // not written yet, or deleted
    }
  }

  /** A file as JSON; missing where it cannot be read as such. */
  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
