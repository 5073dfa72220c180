package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.cli.Called;
import org.qat4j.console.Console;
import org.qat4j.report.folder.RunFolder;

/** A run that is stopped at any step and goes on ends with the model of one that is not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeTest {
  /** What a killed process does not catch. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @TempDir private static Path temporary;
  private Path file;
  private Path table;
  private byte[] expected;
  private int moments;

  @BeforeAll
  void runWithoutStop() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append("warm\tthe sun ").append(Integer.toString(i * 977, 36)).append(" shines\n");
      rows.append("cold\tsnow falls ").append(Integer.toString(i * 787, 36)).append('\n');
    }
    table = Files.writeString(temporary.resolve("weather.tsv"), rows);
    file =
        Files.writeString(
            temporary.resolve("weather.yaml"),
            """
            schemaVersion: 1
            name: weather
            data: {kind: table, train: "%s"}
            model:
              {kind: char-ngram-cnn, length: 24, dimension: 4, filters: 6, buckets: 60, dropout: 0.3}
            train: {epochs: 3, batch: 16, tokenDropout: 0.1, average: 0.9, warmUp: 0.2, clip: 1}
            verify: {inputs: 20}
            baselines: {linear: false}
            quantize:
              weights: {bits: 3, ste: stochastic}
              activations: {bits: 5, learned: lsq}
              qat: {epochs: 2, distillation: {}}
            """
                .formatted(table.toString().replace('\\', '/')));
    Path whole = temporary.resolve("whole");
    moments = run(RunFolder.create(whole, false), Integer.MAX_VALUE, Console.quiet());
    expected = Files.readAllBytes(whole.resolve(RunFiles.MODEL));
    assertThat(whole.resolve(RunExperiment.CHECKPOINTS)).doesNotExist();
  }

  /**
   * Runs in a folder until the time has been asked for so many times.
   *
   * @return how often it was
   */
  private int run(RunFolder folder, int moments, Console console) {
    int[] asked = {0};
    RunCheckpoints.Pace pace =
        new RunCheckpoints.Pace(
            Duration.ZERO,
            () -> {
              if (++asked[0] > moments) {
                throw new Killed();
              }
              return 0;
            });
    try (folder) {
      Path kept = folder.path().resolve(RunFiles.EXPERIMENT);
      new RunExperiment(
              ExperimentCheck.resolve(Files.exists(kept) ? kept : file, List.of(), null),
              folder,
              console,
              TextVerification::of,
              pace)
          .run(List.of(1L), Map.of());
      folder.finish();
    }
    return asked[0];
  }

  private void kill(RunFolder folder, int moment) {
    assertThatThrownBy(() -> run(folder, moment, Console.quiet())).isInstanceOf(Killed.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 0.55, 0.8})
  void isTheSameToTheByte(double share) throws IOException {
    Path folder = temporary.resolve("killed-" + share);
    kill(RunFolder.create(folder, false), (int) (share * moments));
    kill(RunFolder.resume(folder), 2);
    run(RunFolder.resume(folder), Integer.MAX_VALUE, Console.quiet());
    assertThat(Files.readAllBytes(folder.resolve(RunFiles.MODEL))).isEqualTo(expected);
    assertThat(metrics(folder))
        .containsExactlyInAnyOrderElementsOf(metrics(temporary.resolve("whole")));
    assertThat(curve(folder)).isEqualTo(curve(temporary.resolve("whole")));
    assertThat(folder.resolve(RunExperiment.CHECKPOINTS)).doesNotExist();
  }

  @Test
  void eachPassUnderQuantizationTellsHowManyCodesItChanged() throws IOException {
    JsonNode report = new ObjectMapper().readTree(temporary.resolve("whole/report.json").toFile());
    List<JsonNode> passes = report.findValues("codesChanged");
    assertThat(passes).hasSize(2);
    for (JsonNode layers : passes) {
      assertThat(layers.size()).isGreaterThan(1);
      assertThat(layers).allSatisfy(share -> assertThat(share.asDouble()).isBetween(0.0, 1.0));
      assertThat(layers).anySatisfy(share -> assertThat(share.asDouble()).isPositive());
    }
  }

  /** Seed, stage, step and loss, without the speed. */
  private static List<String> metrics(Path folder) throws IOException {
    List<String> metrics = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
      JsonNode m = new ObjectMapper().readTree(line);
      metrics.add(m.path("stage").asText() + m.path("step") + " " + m.path("loss"));
    }
    return metrics;
  }

  private static List<String> curve(Path folder) throws IOException {
    JsonNode report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    List<String> curve = new ArrayList<>();
    report.findValues("curves").forEach(c -> c.forEach(p -> curve.add(p.path("loss").toString())));
    return curve;
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws IOException {
    Path folder = temporary.resolve("damaged");
    kill(RunFolder.create(folder, false), moments / 4);
    List<Path> kept;
    try (Stream<Path> files = Files.list(folder.resolve(RunExperiment.CHECKPOINTS))) {
      kept = files.sorted().toList();
    }
    assertThat(kept).hasSize(2);
    byte[] last = Files.readAllBytes(kept.get(1));
    last[last.length / 2] ^= 1;
    Files.write(kept.get(1), last);
    run(RunFolder.resume(folder), Integer.MAX_VALUE, Console.quiet());
    assertThat(Files.readAllBytes(folder.resolve(RunFiles.MODEL))).isEqualTo(expected);

    Path both = temporary.resolve("both");
    kill(RunFolder.create(both, false), moments / 4);
    try (Stream<Path> files = Files.list(both.resolve(RunExperiment.CHECKPOINTS))) {
      for (Path checkpoint : files.toList()) {
        Files.write(checkpoint, new byte[] {1, 2, 3});
      }
    }
    run(RunFolder.resume(both), Integer.MAX_VALUE, Console.quiet());
    assertThat(Files.readAllBytes(both.resolve(RunFiles.MODEL))).isEqualTo(expected);
  }

  @Test
  void theCommandLineGoesOn() throws IOException {
    Path folder = temporary.resolve("commanded");
    kill(RunFolder.create(folder, false), moments / 2);
    Called both = Called.qat("run", file, "--resume", folder);
    assertThat(both.exit()).isEqualTo(1);
    assertThat(both.err()).contains("leave out EXPERIMENT");
    byte[] rows = Files.readAllBytes(table);
    Files.writeString(table, "warm\tand more\n" + Files.readString(table));
    assertThat(Called.qat("run", "--resume", folder).err()).contains("data have changed");
    Files.write(table, rows);
    Called resumed = Called.qat("run", "--resume", folder, "--quiet");
    assertThat(resumed.exit()).as(resumed.err()).isZero();
    assertThat(Files.readAllBytes(folder.resolve(RunFiles.MODEL))).isEqualTo(expected);
    assertThat(Called.qat("run", "--resume", folder).err()).contains("came to its end");
    Called none = Called.qat("run");
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.err()).contains("Missing required parameter: 'EXPERIMENT'");
  }
}
