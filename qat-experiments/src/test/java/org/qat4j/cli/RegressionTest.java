package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.runtime.Predictor;
import org.qat4j.task.regression.Ratings;

/** A number from a text, from the shipped experiment to the command that prints it. */
class RegressionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void aNumberIsLearnedAndServed() throws IOException {
    Files.writeString(folder.resolve("ratings.tsv"), Ratings.table(1200, 2));
    Path experiment =
        Files.writeString(
            folder.resolve("regression-ratings.yaml"),
            Files.readString(Path.of("../configs/regression-ratings.yaml"))
                .replace("data/", folder.toString().replace('\\', '/') + "/"));
    Path run = folder.resolve("run");
    String table =
        call("run", experiment, "--out", run, "--quiet", "--set", "train.learningRate=0.01");

    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/inputs").asInt()).isEqualTo(300);
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    double mean = report.at("/results/mean/rmse").asDouble();
    double linear = report.at("/results/linear/rmse").asDouble();
    assertThat(linear).isLessThan(mean);
    for (String stage : List.of("float", "control", "ptq", "qat", "integer")) {
      JsonNode result = report.at("/results/" + stage);
      assertThat(result.at("/rmse").asDouble()).as(stage).isPositive().isLessThan(linear / 2);
      assertThat(result.at("/spearman").asDouble()).as(stage).isGreaterThan(0.95);
      assertThat(result.at("/loss").isNull()).isTrue();
    }
    double toFloat = report.at("/results/linear/against/float/mean").asDouble();
    assertThat(toFloat).as("a gain").isNegative();
    assertThat(report.at("/results/flips").asDouble()).isLessThan(0.2);
    assertThat(table)
        .contains("RMSE", "gain over float", "spearman", "test items, numbers")
        .doesNotContain("A linear model does better", "loses accuracy");
    assertThat(table.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("RMSE, integer model", "Gain over float", "in the unit of the numbers");

    String good = "the room was superb , the staff was superb , the breakfast was fine";
    String bad = "the staff was poor , the room was awful , the breakfast was good";
    String answer = call("predict", run, good);
    assertThat(Double.parseDouble(answer)).isBetween(4.3, 5.3);
    Predictor predictor = Predictor.load(run.resolve("model.qat"));
    assertThat(answer)
        .isEqualToNormalizingNewlines(String.format(Locale.ROOT, "%.4f%n", predictor.number(good)));
    assertThat(JSON.readTree(call("predict", run, bad, "--json")).at("/number").asDouble())
        .isBetween(0.2, 1.2);
    assertThatThrownBy(() -> predictor.predict(good))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("gives a number and no labels");
    JsonNode scores = JSON.readTree(call("eval", experiment, "--model", run, "--quiet", "--json"));
    assertThat(scores.at("/rmse").asDouble())
        .isCloseTo(report.at("/results/integer/rmse").asDouble(), within(1e-6));
    assertThat(call("eval", experiment, "--model", run, "--quiet"))
        .startsWith("RMSE 0.")
        .contains("spearman 0.9");
    assertThat(call("verify", run, "--inputs", "8", "--quiet")).contains("verified on 8 inputs");
  }

  @Test
  void theShippedTableIsMadeUp() throws IOException {
    call("data", "ratings", "--to", folder);
    assertThat(Files.readAllLines(folder.resolve("ratings.tsv")))
        .hasSize(3000)
        .allMatch(row -> row.matches("the \\w+ was .*\t[0-5]\\.\\d\\d"));
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
