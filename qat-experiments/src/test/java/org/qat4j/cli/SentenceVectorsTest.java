package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.runtime.Predictor;
import org.qat4j.zoo.TinyEncoder;

/** Vectors of sentences, learned from the float network, from the file to what is served. */
class SentenceVectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WORDS =
      List.of("cats", "dogs", "birds", "sleep", "bark", "sing", "run", "the", "now", "here");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyEncoder.write(folder.resolve("tiny"), WORDS.toArray(new String[0]));
    Random random = new Random(5);
    StringBuilder texts = new StringBuilder();
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < 160; i++) {
      texts.append(text(random)).append('\n');
    }
    for (int i = 0; i < 40; i++) {
      String first = text(random);
      String second = i % 3 == 0 ? first + " now" : text(random);
      pairs.append("\"" + first + "\"," + second + "," + (i % 3 == 0 ? 4.5 : i % 3) + "\n");
    }
    Files.writeString(folder.resolve("texts.txt"), texts);
    Files.writeString(folder.resolve("pairs.csv"), pairs);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3 + random.nextInt(3); i++) {
      text.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  private Path experiment(String pooling) throws IOException {
    return Files.writeString(
        folder.resolve("vectors.yaml"),
        """
        schemaVersion: 1
        name: vectors
        data:
          kind: pairs-with-scores
          texts: FOLDER/texts.txt
          validation: FOLDER/pairs.csv
          test: FOLDER/pairs.csv
        model: {kind: encoder, from: FOLDER/tiny, length: 9, pooling: POOLING}
        train: {epochs: 0, batch: 16}
        quantize:
          weights: {bits: 3}
          qat: {epochs: 4, learningRate: 0.003, distillation: {layers: ["block*/out"]}}
        verify: {inputs: 24}
        """
            .replace("POOLING", pooling)
            .replace("FOLDER", folder.toString().replace('\\', '/')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "first"})
  void areLearnedFromTheFloatNetworkVerifiedAndServed(String pooling) throws IOException {
    Path run = folder.resolve("run");
    Path experiment = experiment(pooling);
    String table = call("run", experiment, "--out", run, "--quiet");

    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/inputs").asInt()).isEqualTo(24);
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    for (String stage : List.of("float", "control")) {
      assertThat(report.at("/results/" + stage + "/cosine").asDouble()).isCloseTo(1, within(1e-6));
      assertThat(report.at("/results/" + stage + "/lowestCosine").asDouble())
          .isCloseTo(1, within(1e-6));
    }
    double untrained = report.at("/results/ptq/cosine").asDouble();
    double trained = report.at("/results/qat/cosine").asDouble();
    assertThat(untrained).isBetween(0.3, 0.995);
    assertThat(1 - trained).as("distance to the float network").isLessThan((1 - untrained) / 2);
    assertThat(report.at("/results/qat/lowestCosine").asDouble()).isLessThan(trained);
    assertThat(report.at("/results/integer/cosine").asDouble()).isCloseTo(trained, within(1e-6));
    assertThat(report.at("/results/integer/spearman").asDouble())
        .isCloseTo(report.at("/results/qat/spearman").asDouble(), within(1e-6));
    assertThat(table)
        .contains("Spearman", "cosine", "lowestCosine", "80 test items, 40 pairs of vectors");
    assertThat(table)
        .contains("brings the vectors nearer")
        .doesNotContain("Leave the training out");
    assertThat(table.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));

    Predictor predictor = Predictor.load(run.resolve("model.qat"));
    float[] vector = predictor.embed("the cats sleep");
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    assertThat(vector).hasSize(16);
    assertThat(squares).isCloseTo(1, within(1e-6));
    assertThat(call("predict", run, "the cats sleep").strip().split(" ")).hasSize(16);
    JsonNode answer = JSON.readTree(call("predict", run, "the cats sleep", "--json"));
    assertThat(answer.at("/vector/3").floatValue()).isEqualTo(vector[3]);
    assertThatThrownBy(() -> predictor.predict("the cats"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("gives a vector and no labels");
    assertThatThrownBy(() -> predictor.number("the cats"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("gives a vector and no number");
    JsonNode scores = JSON.readTree(call("eval", experiment, "--model", run, "--quiet", "--json"));
    assertThat(scores.at("/spearman").asDouble())
        .isCloseTo(report.at("/results/integer/spearman").asDouble(), within(1e-6));
    assertThat(call("verify", run, "--inputs", "8", "--quiet")).contains("verified on 8 inputs");
    if (pooling.equals("mean")) {
      isTimed(run);
    }
  }

  private void isTimed(Path run) throws IOException {
    Path texts = folder.resolve("texts.txt");
    String[] few = {"--rounds", "3", "--turn", "1", "--quiet", "--json"};
    List<Object> args = new ArrayList<>(List.of("bench", run, "--texts", texts));
    args.addAll(List.of(few));
    JsonNode bench = JSON.readTree(call(args.toArray()));
    assertThat(bench.at("/speeds").findValuesAsText("engine"))
        .contains("ONNX Runtime int8", "ONNX Runtime float", "Java, scalar", "DL4J float");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train.epochs=2 | let epochs be 0",
        "model.pairs=true | kind encoder does",
        "data.scoreColumn=1 | three different columns",
        "quantize.qat.distillation.temperature=3 | temperature",
        "quantize.qat.distillation.layers=[nothing] | no hidden layer \"nothing\"",
      })
  void whatDoesNotGoTogetherIsRefused(String setting, String expected) throws IOException {
    assertThat(Called.qat("validate", experiment("mean"), "--set", setting).err())
        .contains(expected);
  }

  @Test
  void trainingWithoutATeacherIsRefused() throws IOException {
    Path file = experiment("mean");
    Files.writeString(file, Files.readString(file).replaceFirst(", distillation: .*\\}\\}", "}"));
    assertThat(Called.qat("validate", file).err()).contains("qat.distillation: {}");
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
