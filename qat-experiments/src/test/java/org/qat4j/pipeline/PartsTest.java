package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.experiment.ExperimentException;
import org.qat4j.report.folder.RunFolder;

/** Seeds, folds and variants by themselves: kept as they end, and done on Spark. */
class PartsTest {
  private static final List<Long> SEEDS = List.of(1L, 2L);
  private static final String SPARK = "executor: {kind: spark, master: 'local[2]'}";

  /** What takes another time each time, and where it was done. */
  private static final List<String> TIMES =
      List.of(
          "seconds",
          "totalSeconds",
          "microsPerText",
          "qatStepOverFloatStep",
          "examplesPerSecond",
          "time",
          "config");

  /** What a killed process does not catch. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @TempDir private static Path temporary;
  private static Path table;

  @BeforeAll
  static void writeTable() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      rows.append("warm\tthe sun ").append(Integer.toString(i * 977, 36)).append(" shines\n");
      rows.append("cold\tsnow falls ").append(Integer.toString(i * 787, 36)).append('\n');
    }
    table = Files.writeString(temporary.resolve("weather.tsv"), rows);
  }

  private static Path experiment(String name, String further) throws IOException {
    return Files.writeString(
        temporary.resolve(name + ".yaml"),
        """
        schemaVersion: 1
        name: weather
        data: {kind: table, train: "%s", folds: 2}
        model: {kind: char-ngram-cnn, length: 16, dimension: 4, filters: 4, buckets: 40}
        train: {epochs: 1, batch: 8}
        verify: {inputs: 4}
        baselines: {linear: false}
        %s
        """
            .formatted(table.toString().replace('\\', '/'), further));
  }

  private static RunExperiment experiment(
      Path file, RunFolder folder, SeedExperiment.Verification verification) {
    return new RunExperiment(
        ExperimentCheck.resolve(file, List.of(), null),
        folder,
        Console.quiet(),
        verification,
        new RunCheckpoints.Pace(Duration.ofHours(1), System::nanoTime));
  }

  private static Path run(String name, String further) throws IOException {
    Path out = temporary.resolve(name);
    try (RunFolder folder = RunFolder.create(out, false)) {
      experiment(experiment(name, further), folder, TextVerification::of).run(SEEDS, Map.of());
      folder.finish();
    }
    return out;
  }

  /** Files of a folder: models as they are, reports and parts without times. */
  private static Map<String, Object> results(Path folder) throws IOException {
    Map<String, Object> results = new TreeMap<>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (name.endsWith(".qat") || name.endsWith(".onnx") || name.endsWith(".bin")) {
          results.put(name, Files.readAllBytes(file));
        } else if (name.equals("metrics.jsonl")) {
          List<JsonNode> lines = new ArrayList<>();
          for (String line : Files.readAllLines(file)) {
            lines.add(timeless(new ObjectMapper().readTree(line)));
          }
          results.put(name, lines.stream().map(JsonNode::toString).sorted().toList());
        } else if (name.endsWith("report.json") || name.contains("seed-")) {
          results.put(
              name,
              name.endsWith(".json")
                  ? timeless(new ObjectMapper().readTree(file.toFile())).toString()
                  : "");
        }
      }
    }
    return results;
  }

  private static JsonNode timeless(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(TIMES);
    }
    node.forEach(PartsTest::timeless);
    return node;
  }

  @Test
  void sparkGivesWhatOneMachineGives() throws IOException {
    Map<String, Object> here = results(run("here", ""));
    assertThat(here)
        .containsKeys("report.json", "seed-1/model.qat", "seed-2/model.onnx", "metrics.jsonl");
    Map<String, Object> there = results(run("there", SPARK));
    assertThat(there.keySet()).isEqualTo(here.keySet());
    there.forEach((name, content) -> assertThat(content).as(name).isEqualTo(here.get(name)));
  }

  @Test
  @Tag("slow")
  void sparkGivesTheSameSweep() throws IOException {
    String variants = "sweep: [{W8: {}, W2: {quantize: {weights: {bits: 2}}}}]\n";
    Map<String, Object> here = results(sweep("sweep-here", variants, SEEDS));
    assertThat(here).containsKeys("W8/seed-1.json", "W2/seed-2.json", "W2/seed-2.qat");
    Map<String, Object> there = results(sweep("sweep-there", variants + SPARK, SEEDS));
    assertThat(there.keySet()).isEqualTo(here.keySet());
    there.forEach((name, content) -> assertThat(content).as(name).isEqualTo(here.get(name)));
  }

  private static Path sweep(String name, String further, List<Long> seeds) throws IOException {
    Path out = temporary.resolve(name);
    Path file = experiment(name, further);
    Files.writeString(file, Files.readString(file).replace(", folds: 2", ""));
    try (RunFolder folder = RunFolder.create(out, false)) {
      new RunSweep(ExperimentCheck.variants(file, List.of()), folder, Console.quiet())
          .run("sweep", seeds, Map.of());
      folder.finish();
    }
    return out;
  }

  /** Whatever their checkpoints say: those are gone. */
  @Test
  void partsThatEndedAreNotDoneAgain() throws IOException {
    Path file = experiment("killed", "");
    Path out = temporary.resolve("killed");
    int[] done = {0};
    assertThatThrownBy(
            () -> {
              try (RunFolder folder = RunFolder.create(out, false)) {
                experiment(
                        file,
                        folder,
                        (qat, model, data, inputs, console) -> {
                          if (done[0] == 3) {
                            throw new Killed();
                          }
                          done[0]++;
                          return TextVerification.of(qat, model, data, inputs, console);
                        })
                    .run(SEEDS, Map.of());
              }
            })
        .isInstanceOf(Killed.class);
    assertThat(out.resolve("seed-1-fold-2.json")).exists();
    assertThat(out.resolve("seed-2-fold-1.json")).exists();
    try (RunFolder folder = RunFolder.resume(out)) {
      experiment(
              out.resolve(RunFiles.EXPERIMENT),
              folder,
              (qat, model, data, inputs, console) -> {
                done[0]++;
                return TextVerification.of(qat, model, data, inputs, console);
              })
          .run(SEEDS, Map.of());
      folder.finish();
    }
    assertThat(done[0]).isEqualTo(4);
    Map<String, Object> whole = results(run("whole", ""));
    assertThat(whole.keySet()).isEqualTo(results(out).keySet());
    results(out).forEach((name, content) -> assertThat(content).isEqualTo(whole.get(name)));
  }

  /** A task of Spark cannot start others, and threads are of a search. */
  @Test
  void anExecutorThatCannotBeIsRefused() {
    assertThatThrownBy(() -> run("nested", SPARK + "\ntune: {trials: 2, executor: spark}"))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("a task of Spark cannot start others");
    assertThatThrownBy(() -> run("threads", "executor: {kind: local, threads: 2}"))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("tune.executor.threads");
    assertThatThrownBy(() -> run("nowhere", "executor: spark"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("executor.master");
  }
}
