package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.zoo.TinyEncoder;

/** From a pretrained encoder, a small random one, to answers of its integer model. */
class EncoderTest {
  /** Each channel with a scale of its own, which is learned from the first step on. */
  private static final String LEARNED =
      "{residual: 8, activations: {learned: {kind: lsq+, rate: 20}},"
          + " qat: {freezeObserversAfter: 0%}}";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyEncoder.write(folder.resolve("tiny"), "cats", "dogs", "sleep", "bark", "the", "now", "##s");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      boolean dogs = i % 2 == 0;
      String end = i % 3 == 0 ? " now" : "";
      rows.append(dogs ? "dog\tthe dogs " : "cat\tcats ")
          .append(i % 5 == 0 ? "sleep" : "bark")
          .append(end)
          .append('\n');
    }
    Files.writeString(folder.resolve("rows.tsv"), rows);
  }

  private Path experiment(String model) throws IOException {
    return Files.writeString(
        folder.resolve("tiny.yaml"),
        """
        schemaVersion: 1
        name: tiny
        data: {kind: table, train: FOLDER/rows.tsv, test: FOLDER/rows.tsv}
        model:
          kind: encoder
          from: FOLDER/tiny
          length: 9
        MODEL
        train: {epochs: 3, batch: 16, learningRate: 0.01}
        verify: {inputs: 24}
        """
            .replace("MODEL", model.indent(2).stripTrailing())
            .replace("FOLDER", folder.toString().replace('\\', '/')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"blockDropout: 0.1", "pooling: first"})
  void isTrainedFrozenVerifiedAndServed(String model) throws IOException {
    whole(experiment(model));
  }

  /** Codes of 16 bits on the way from the file of the experiment to ONNX Runtime. */
  @ParameterizedTest
  @ValueSource(strings = {"{residual: 16, postTraining: {smooth: 0.5}}", LEARNED})
  void itsResidualStreamHasBitsOrScalesOfItsOwn(String quantize) throws IOException {
    Path experiment = experiment("pooling: mean");
    Files.writeString(experiment, "quantize: " + quantize + "\n", StandardOpenOption.APPEND);
    whole(experiment);
    String inspected = call("inspect", folder.resolve("run"));
    assertThat(inspected.contains("smooth")).isEqualTo(quantize.contains("smooth"));
  }

  private void whole(Path experiment) throws IOException {
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");

    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    for (String stage : new String[] {"float", "control", "ptq", "qat", "integer"}) {
      assertThat(report.at("/results/" + stage + "/accuracy").asDouble())
          .as(stage)
          .isGreaterThan(0.9);
    }
    assertThat(call("predict", run, "cats sleep", "the dogs bark").lines())
        .hasSize(2)
        .satisfies(lines -> assertThat(lines.get(0)).contains("cat"))
        .satisfies(lines -> assertThat(lines.get(1)).contains("dog"));
    assertThat(call("verify", run, "--inputs", "8", "--quiet")).contains("verified on 8 inputs");
  }

  /** Sentences that answer a question are those that name its animal. */
  @Test
  void ranksPairs() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      String asked = i % 2 == 0 ? "cats" : "dogs";
      for (int k = 0; k < 3; k++) {
        boolean right = k == i % 3;
        String named = right == asked.equals("cats") ? "cats" : "dogs";
        rows.append(asked + (i % 4 < 2 ? " sleep" : " bark") + "\tthe " + named + " now");
        rows.append(k == 0 ? " now" : "").append(right ? "\t1\n" : "\t0\n");
      }
    }
    Files.writeString(folder.resolve("rows.tsv"), rows);
    Path file = experiment("pairs: true");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("kind: table", "kind: candidates")
            .replace("epochs: 3", "epochs: 12"));
    JsonNode report = report(file);
    assertThat(report.at("/results/float/map").asDouble()).isGreaterThan(0.95);
    assertThat(report.at("/results/integer/map").asDouble()).isGreaterThan(0.95);
    assertThat(Called.qat("validate", file, "--set", "model.pairs=false").err())
        .contains("let pairs be true");
  }

  @Test
  void learnsNumbers() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 240; i++) {
      double number = (i % 2 == 0 ? 1 : -1) + (i % 5 == 0 ? 0.5 : 0);
      rows.append(i % 2 == 0 ? "the dogs " : "cats ").append(i % 5 == 0 ? "sleep" : "bark");
      rows.append(i % 3 == 0 ? " now" : "").append("\t" + number + "\n");
    }
    Files.writeString(folder.resolve("rows.tsv"), rows);
    Path file = experiment("pooling: mean");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("kind: table", "kind: numbers")
            .replace("epochs: 3", "epochs: 8"));
    JsonNode report = report(file);
    for (String stage : new String[] {"float", "qat", "integer"}) {
      assertThat(report.at("/results/" + stage + "/rmse").asDouble())
          .as(stage)
          .isLessThan(report.at("/results/mean/rmse").asDouble() / 3);
    }
  }

  @Test
  void pairsNeedTwoTexts() throws IOException {
    Called called = Called.qat("run", experiment("pairs: true"), "--out", folder.resolve("run"));
    assertThat(called.exit()).isNotZero();
    assertThat(called.err()).contains("no training text is two", "data.secondColumn");
    assertThat(folder.resolve("run/model.qat")).doesNotExist();
  }

  @Test
  void tagsNeedAStepForEachToken() throws IOException {
    Path file = experiment("pooling: first");
    Files.writeString(file, Files.readString(file).replace("kind: table", "kind: tagged"));
    assertThat(Called.qat("validate", file).err())
        .contains("tiny.yaml:5", "one vector of a text", "leave pooling out");
    assertThat(Called.qat("validate", file, "--set", "model.pairs=true").err())
        .contains("reads pairs of texts", "let pairs be false");
  }

  @Test
  void aPredicateNeedsASecondType() throws IOException {
    Path config = folder.resolve("tiny/config.json");
    Files.writeString(
        config,
        Files.readString(config).replace("\"type_vocab_size\": 2", "\"type_vocab_size\": 1"));
    Path file = experiment("dropout: 0");
    Files.writeString(file, Files.readString(file).replace("kind: table", "kind: predicates"));
    assertThat(Called.qat("validate", file).err())
        .contains("tiny.yaml:6", "model.from", "a token in focus", "the encoder has 1");
    Files.writeString(file, Files.readString(file).replace("kind: predicates", "kind: tagged"));
    Called tagged = Called.qat("validate", file);
    assertThat(tagged.exit()).as(tagged.err()).isZero();
  }

  /** Of a run whose engines agree. */
  private JsonNode report(Path experiment) throws IOException {
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");
    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    return report;
  }

  @Test
  void itsVocabularyIsPruned() throws IOException {
    Path run = folder.resolve("run");
    Path file = experiment("pooling: mean");
    Files.writeString(
        file, Files.readString(file) + "prune: {vocabulary: 0.3, weights: 0, epochs: 1}\n");
    call("run", file, "--out", run, "--quiet");

    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    assertThat(report.at("/results/integer/accuracy").asDouble()).isGreaterThan(0.9);
  }

  @Test
  void saysWhereWhatIsWrong() throws IOException {
    Path file = experiment("pooling: mean");
    Files.delete(folder.resolve("tiny/model.safetensors"));
    assertThat(Called.qat("validate", file).err())
        .contains("tiny.yaml:6", "model.from", "no weights in");
    Files.writeString(file, Files.readString(file).replaceFirst("from: .*", "from: nothing"));
    assertThat(Called.qat("validate", file).err())
        .contains("tiny.yaml:6", "no folder or file nothing", "all-minilm-l6-v2");
    Files.writeString(file, Files.readString(file).replace("mean", "max"));
    assertThat(Called.qat("validate", file).err()).contains("tiny.yaml:8", "mean or first");
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
