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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.cli.Called;
import org.qat4j.console.Console;
import org.qat4j.report.RunReport;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.verify.VerifyReport;

/** A run of which the engines do not agree: nothing that was trained is lost. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DisagreementTest {
  @TempDir private static Path temporary;

  private Path file;

  @BeforeAll
  void writeData() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append("warm\tthe sun ").append(Integer.toString(i * 977, 36)).append(" shines\n");
      rows.append("cold\tsnow falls ").append(Integer.toString(i * 787, 36)).append('\n');
    }
    Path data = Files.writeString(temporary.resolve("weather.tsv"), rows);
    file =
        Files.writeString(
            temporary.resolve("weather.yaml"),
            """
            schemaVersion: 1
            name: weather
            data: {kind: table, train: "%s"}
            model: {kind: char-ngram-cnn, length: 24, dimension: 8, filters: 16, buckets: 500}
            train: {epochs: 1, batch: 16}
            prune: {vocabulary: 0.5, epochs: 1}
            verify: {inputs: 20}
            quantize:
              weights: {bits: 8}
              qat: {epochs: 1}
            """
                .formatted(data.toString().replace('\\', '/')));
  }

  @Test
  void everythingButTheModelIsKeptAndTriedAgainWithoutTraining() throws IOException {
    Path folder = temporary.resolve("failed");
    RunReport report = run(folder, List.of(1L));
    assertThat(folder.resolve(RunFiles.MODEL)).doesNotExist();
    assertThat(folder.resolve(RunFiles.ONNX)).doesNotExist();
    assertThat(folder.resolve(RunFiles.FLOAT_NETWORK)).exists();
    assertThat(folder.resolve(RunFiles.QAT_NETWORK)).exists();
    JsonNode json = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(json.at("/verify/exact").asBoolean(true)).isFalse();
    assertThat(json.at("/verify/javaVsOnnxCodes").asLong()).isEqualTo(7);
    assertThat(json.at("/results/qat/accuracy").isNumber()).isTrue();
    assertThat(json.at("/results").has("integer")).isFalse();
    assertThat(json.at("/findings").toString()).contains("no model was written");
    assertThat(Files.readString(folder.resolve("report.html"))).contains("no model was written");
    assertThatThrownBy(() -> RunExperiment.requireExact(report, folder))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("./qat verify " + folder)
        .hasMessageContaining("./qat export " + folder);

    Path whole = temporary.resolve("whole");
    assertThat(Called.qat("run", file, "--seeds", "1", "--out", whole, "--quiet").exit()).isZero();
    Path onnx = temporary.resolve("again.onnx");
    Called exported = Called.qat("export", folder, "--onnx", onnx);
    assertThat(exported.exit()).as(exported.err()).isZero();
    assertThat(onnx).hasSameBinaryContentAs(whole.resolve(RunFiles.ONNX));
    assertThat(folder.resolve(RunFiles.MODEL)).doesNotExist();
    Called verified = Called.qat("verify", folder, "--quiet");
    assertThat(verified.exit()).as(verified.err()).isZero();
    for (String name : List.of(RunFiles.MODEL, RunFiles.ONNX)) {
      assertThat(folder.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
    }
    assertThat(Called.qat("predict", folder, "the sun shines").exit()).isZero();
  }

  @Test
  void ofSomeSeedsThoseThatDifferAreNamed() {
    Path folder = temporary.resolve("seeds");
    RunReport report = run(folder, List.of(1L, 2L));
    assertThatThrownBy(() -> RunExperiment.requireExact(report, folder))
        .hasMessageContaining("./qat verify " + folder.resolve("seed-1"));
    Called verified = Called.qat("verify", folder.resolve("seed-2"), "--quiet");
    assertThat(verified.exit()).as(verified.err()).isZero();
    assertThat(folder.resolve("seed-2").resolve(RunFiles.MODEL)).exists();
  }

  /** As if ONNX Runtime gave other codes here. */
  private RunReport run(Path to, List<Long> seeds) {
    try (RunFolder folder = RunFolder.create(to, false)) {
      RunReport report =
          new RunExperiment(
                  ExperimentCheck.resolve(file, List.of(), null),
                  folder,
                  Console.standardError(true),
                  (network, model, data, inputs, console) ->
                      differing(TextVerification.of(network, model, data, inputs, console)),
                  new RunCheckpoints.Pace(Duration.ofDays(1), () -> 0))
              .run(seeds, Map.of());
      folder.finish();
      return report;
    }
  }

  private static VerifyReport differing(VerifyReport r) {
    List<VerifyReport.Layer> layers = new ArrayList<>(r.layers());
    VerifyReport.Layer l = layers.get(1);
    layers.set(
        1,
        new VerifyReport.Layer(
            l.name(),
            l.operation(),
            l.values(),
            7,
            l.qatValues(),
            l.qatVsJava(),
            3,
            l.tolerance()));
    return new VerifyReport(
        r.inputs(), 7, r.qatVsJavaCodes(), r.argmaxFlips(), r.maxLogitDifference(), layers);
  }
}
