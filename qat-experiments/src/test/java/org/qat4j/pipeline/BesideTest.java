package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.zoo.SavedNetworks;

@Timeout(300)
class BesideTest {
  @TempDir private Path temporary;

  private Path run(Path experiment, String name, boolean beside) {
    String before = System.getProperty(Beside.PROPERTY);
    System.setProperty(Beside.PROPERTY, Boolean.toString(beside));
    Path place = temporary.resolve(name);
    try (RunFolder folder = RunFolder.create(place, false)) {
      new RunExperiment(
              ExperimentCheck.resolve(experiment, List.of(), null), folder, Console.quiet())
          .run(List.of(1L, 2L), Map.of());
      folder.finish();
    } finally {
      if (before == null) {
        System.clearProperty(Beside.PROPERTY);
      } else {
        System.setProperty(Beside.PROPERTY, before);
      }
    }
    return place;
  }

  /** Dropout, noise and dropped words draw from generators that two trainings must not share. */
  @Test
  void whatIsTrainedBesideIsTheSameToTheBit() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append("warm\tthe sun ").append(Integer.toString(i * 977, 36)).append(" shines\n");
      rows.append("cold\tsnow falls ").append(Integer.toString(i * 787, 36)).append('\n');
    }
    Path table = Files.writeString(temporary.resolve("weather.tsv"), rows);
    Path file =
        Files.writeString(
            temporary.resolve("weather.yaml"),
            """
            schemaVersion: 1
            name: weather
            data: {kind: table, train: "%s"}
            model:
              {kind: char-ngram-cnn, length: 24, dimension: 4, filters: 6, buckets: 60, dropout: 0.3}
            train: {epochs: 2, batch: 16, tokenDropout: 0.1, average: 0.9, lazyRows: true}
            verify: {inputs: 20}
            quantize:
              weights: {bits: 3, ste: stochastic}
              activations: {bits: 5, learned: lsq}
              qat: {epochs: 3}
            """
                .formatted(table.toString().replace('\\', '/')));
    Path one = run(file, "one", false);
    Path two = run(file, "two", true);

    for (String seed : List.of("seed-1/", "seed-2/")) {
      for (String network : List.of(RunFiles.FLOAT_NETWORK, RunFiles.QAT_NETWORK)) {
        assertThat(SavedNetworks.load(two.resolve(seed + network)).params())
            .isEqualTo(SavedNetworks.load(one.resolve(seed + network)).params());
      }
      assertThat(Files.readAllBytes(two.resolve(seed + RunFiles.MODEL)))
          .isEqualTo(Files.readAllBytes(one.resolve(seed + RunFiles.MODEL)));
    }
    assertThat(metrics(two)).isEqualTo(metrics(one));
    assertThat(results(two)).isEqualTo(results(one)).isNotEmpty();
  }

  /** Losses by seed and stage. */
  private static Map<String, List<String>> metrics(Path folder) throws IOException {
    Map<String, List<String>> metrics = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
      JsonNode m = new ObjectMapper().readTree(line);
      metrics
          .computeIfAbsent(m.path("seed") + m.path("stage").asText(), s -> new ArrayList<>())
          .add(m.path("step") + " " + m.path("loss"));
    }
    return metrics;
  }

  private static String results(Path folder) throws IOException {
    return new ObjectMapper()
        .readTree(folder.resolve("report.json").toFile())
        .path("results")
        .toPrettyString();
  }

  @Test
  void whatFailsBesideFailsWhereItIsWaitedFor() {
    for (boolean hasRoom : new boolean[] {true, false}) {
      assertThatThrownBy(
              () -> {
                try (Beside<String> work =
                    Beside.begin(
                        "work",
                        hasRoom,
                        () -> {
                          throw new QatException("no data");
                        })) {
                  work.get();
                }
              })
          .isInstanceOf(QatException.class)
          .hasMessage("no data");
    }
  }

  @Test
  @SuppressWarnings("try") // it is closed, and no more
  void nobodyWaitsForWhatIsClosed() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch never = new CountDownLatch(1);
    try (Beside<String> work =
        Beside.begin(
            "work",
            true,
            () -> {
              begun.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              return "";
            })) {
      begun.await();
    }
    assertThat(interrupted).isTrue();
  }
}
