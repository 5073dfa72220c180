package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is ended from outside leaves whole files alone, and says that it did not finish. */
class InterruptTest {
  @Test
  void anInterruptedRunLeavesNothingHalfWritten(@TempDir Path folder) throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      rows.append(i % 2 == 0 ? "even" : "odd").append("\tnumber ").append(i).append('\n');
    }
    Path table = Files.writeString(folder.resolve("numbers.tsv"), rows);
    Path experiment =
        Files.writeString(
            folder.resolve("numbers.yaml"),
            """
            schemaVersion: 1
            name: numbers
            data: {kind: table, train: "%s"}
            model: {kind: char-ngram-cnn}
            train: {epochs: 10000, batch: 16}
            """
                .formatted(table.toString().replace('\\', '/')));
    Path run = folder.resolve("run");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                experiment.toString(),
                "--out",
                run.toString())
            .start();
    try (BufferedReader err =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = err.readLine();
      while (line != null && !line.startsWith("data:")) {
        line = err.readLine();
      }
      assertThat(line).as("the data were read").isNotNull();
      awaitFile(run.resolve("metrics.jsonl"));
      process.destroy();
      assertThat(process.waitFor()).isNotZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(names(run))
        .containsExactlyInAnyOrder(
            "experiment.yaml", "log.txt", "metrics.jsonl", "provenance.json", "run.json");
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(run.resolve("run.json").toFile()).at("/state").asText())
        .isEqualTo("interrupted");
    for (String metric : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      assertThat(json.readTree(metric).at("/stage").asText()).isEqualTo("float");
    }
  }

  private static void awaitFile(Path file) throws IOException, InterruptedException {
    try (WatchService watch = file.getFileSystem().newWatchService()) {
      file.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(file)) {
        watch.take().reset();
      }
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> !f.equals(".lock")).toList();
    }
  }
}
