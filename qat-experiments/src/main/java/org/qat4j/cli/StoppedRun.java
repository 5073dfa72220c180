package org.qat4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.pipeline.ExperimentCheck;
import org.qat4j.pipeline.RunFiles;
import org.qat4j.report.folder.RunFolder;

/** What the folder of a run that was stopped tells of how it was begun. */
final class StoppedRun {
  private StoppedRun() {}

  /**
   * @throws QatException if there is no run, or it came to its end
   */
  static ResolvedExperiment experiment(Path run) {
    if (RunFolder.state(run) == RunFolder.State.FINISHED) {
      throw new QatException(
          "the run in " + run + " came to its end: nothing is left to go on with");
    }
    return ExperimentCheck.resolve(RunFiles.experiment(run), List.of(), null);
  }

  /**
   * Its seeds.
   *
   * @param own seed of the experiment, where the run did not come so far as to write them
   */
  static List<Long> seeds(Path run, long own) {
    String seeds = provenance(run).path("seeds").asText("");
    return seeds.isEmpty()
        ? List.of(own)
        : Stream.of(seeds.split(", ")).map(Long::valueOf).toList();
  }

  /** The flags that it was begun with. */
  static Map<String, String> facts(Path run) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : provenance(run).properties()) {
      if (field.getKey().startsWith("--")) {
        facts.put(field.getKey(), field.getValue().asText());
      }
    }
    return facts;
  }

  private static JsonNode provenance(Path run) {
    Path file = run.resolve("provenance.json");
    try {
      ObjectMapper json = new ObjectMapper();
      return Files.isRegularFile(file) ? json.readTree(file.toFile()) : json.createObjectNode();
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Whether a run has kept something of a name. */
  static boolean has(Path run, Pattern name) {
    try (Stream<Path> files = Files.walk(run, 3)) {
      return files.anyMatch(f -> name.matcher(f.getFileName().toString()).matches());
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
