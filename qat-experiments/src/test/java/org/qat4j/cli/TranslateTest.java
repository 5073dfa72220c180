package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Translation from parallel files to the command that translates, with a network that is small. */
class TranslateTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void anExperimentIsRunAndItsModelTranslates() throws IOException {
    StringBuilder english = new StringBuilder();
    StringBuilder german = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      boolean dogs = i % 2 == 0;
      boolean run = i % 3 == 0;
      english.append(dogs ? "Dogs " : "Cats ").append(run ? "run.\n" : "sleep.\n");
      german.append(dogs ? "Hunde " : "Katzen ").append(run ? "rennen.\n" : "schlafen.\n");
    }
    Files.writeString(folder.resolve("pairs.en"), english);
    Files.writeString(folder.resolve("pairs.de"), german);
    Path experiment =
        Files.writeString(
            folder.resolve("pairs.yaml"),
            """
            schemaVersion: 1
            name: pairs
            data: {kind: parallel, train: FOLDER/pairs, validation: FOLDER/pairs, test: FOLDER/pairs}
            model:
              {kind: translator, merges: 60, sourceLength: 6, targetLength: 8, dimension: 16, heads: 2,
               blocks: 1, feedForward: 16, dropout: 0}
            train: {epochs: 8, batch: 8, learningRate: 0.02}
            verify: {inputs: 16}
            """
                .replace("FOLDER", folder.toString().replace('\\', '/')));
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");

    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    for (String stage : new String[] {"float", "control", "ptq", "qat", "integer"}) {
      assertThat(report.at("/results/" + stage + "/exact").asDouble()).as(stage).isGreaterThan(0.9);
    }
    assertThat(report.at("/results/copy/exact").asDouble(-1)).isZero();
    assertThat(report.at("/results/dictionary/bleu").isNumber()).isTrue();

    assertThat(call("predict", run, "Dogs sleep.", "Cats run."))
        .isEqualToNormalizingNewlines("Hunde schlafen.\nKatzen rennen.\n");
    JsonNode answer = JSON.readTree(call("predict", run, "Cats run.", "--beam", "3", "--json"));
    assertThat(answer.at("/translation").asText()).isEqualTo("Katzen rennen.");
    JsonNode scores =
        JSON.readTree(call("eval", experiment, "--model", run, "--beam", "2", "--quiet", "--json"));
    assertThat(scores.at("/exact").asDouble()).isGreaterThan(0.9);
    assertThat(call("verify", run, "--inputs", "8", "--quiet")).contains("verified on 8 inputs");
    assertThat(Called.qat("predict", run, "x", "--beam", "0").err())
        .contains("1 beginning or more");
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
