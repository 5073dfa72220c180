package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.text.NgramEncoder;

/** Experiments that prune, from file to report. */
class PrunedRunTest {
  @TempDir static Path folder;

  @BeforeAll
  static void writeData() throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      String noise = Integer.toString(random.nextInt(1_000_000), 36);
      rows.append("warm\tthe sun ").append(noise).append(" shines\n");
      rows.append("cold\tsnow falls ").append(noise).append('\n');
    }
    Files.writeString(folder.resolve("weather.tsv"), rows);
  }

  private static JsonNode run(String name, String prune) throws IOException {
    return run(name, "{bits: 4}", prune);
  }

  private static JsonNode run(String name, String weights, String prune) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            schemaVersion: 1
            name: weather
            data: {kind: table, train: "%s"}
            model: {kind: char-ngram-cnn, length: 24, dimension: 8, filters: 16, buckets: 500}
            train: {epochs: 3, batch: 16}
            verify: {inputs: 20}
            prune: %s
            quantize:
              weights: %s
              qat: {epochs: 2, distillation: {temperature: 2}}
            """
                .formatted(
                    folder.resolve("weather.tsv").toString().replace('\\', '/'), prune, weights));
    Path folderOfRun = folder.resolve(name);
    Called called = Called.qat("run", file, "--out", folderOfRun, "--quiet");
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).contains("pruned");
    JsonNode report = new ObjectMapper().readTree(folderOfRun.resolve("report.json").toFile());
    assertThat(report.at("/verify/exact").asBoolean()).isTrue();
    assertThat(report.at("/results/integer/accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.at("/sizes").size()).isEqualTo(4);
    return report;
  }

  private static IntegerModel model(String name) {
    return ModelFile.read(folder.resolve(name).resolve("model.qat"));
  }

  @Test
  void vocabularyThenChannelsThenWeights() throws IOException {
    JsonNode report =
        run(
            "all",
            "{vocabulary: 0.6, channels: 0.5, weights: 0.7, times: 2, epochs: 2, scope: global}");
    List<String> what = new ArrayList<>();
    report.at("/pruning").forEach(step -> what.add(step.at("/what").asText()));
    assertThat(what).containsExactly("tokens", "channels", "channels", "weights", "weights");
    assertThat(report.at("/pruning/0/share").asDouble()).isCloseTo(0.6, within(0.02));
    assertThat(report.at("/pruning/2/share").asDouble()).isCloseTo(0.5, within(0.02));
    assertThat(report.at("/pruning/4/share").asDouble()).isCloseTo(0.7, within(0.01));
    assertThat(report.at("/results/pruned/accuracy").asDouble()).isGreaterThan(0.9);

    IntegerModel model = model("all");
    NgramEncoder ngrams = (NgramEncoder) model.text().get(1).encoder();
    assertThat(ngrams.kept().count()).isEqualTo(200);
    List<QuantizedTensor> weights =
        model.ops().stream().flatMap(op -> op.tensors().stream()).toList();
    long channels = 0;
    for (Op op : model.ops()) {
      channels += op instanceof Op.Dense dense ? dense.weights().dim(1) : 0;
    }
    assertThat(QuantizedTensor.zeroShare(weights)).isGreaterThan(0.69);
    assertThat(channels).isLessThan(16 + 32);
    long before = 0;
    long after = 0;
    for (JsonNode size : report.at("/sizes")) {
      before += size.at("/floatBytes").asLong();
      after += size.at("/bytes").asLong();
      assertThat(size.at("/bytes").asLong())
          .isLessThan(size.at("/packedBytes").asLong() + 4L * 64 + 100);
    }
    assertThat(after * 30).isLessThan(before);
  }

  @Test
  void whileTheNetworkIsQuantized() throws IOException {
    JsonNode report = run("qat", "{keepOf: {keep: 1, of: 4}, during: qat, times: 3}");
    assertThat(report.at("/results/pruned").isMissingNode()).isTrue();
    assertThat(report.at("/pruning").size()).isEqualTo(3);
    assertThat(report.at("/pruning/2/share").asDouble()).isCloseTo(0.75, within(0.02));
    for (JsonNode size : report.at("/sizes")) {
      assertThat(size.at("/zeros").asDouble()).isGreaterThan(0.7);
    }
  }

  /** Ternary weights that training under quantization leaves at 0 are beside those that are cut. */
  @Test
  void ternaryWeights() throws IOException {
    JsonNode report =
        run("ternary", "{bits: 2, observer: mse, learned: lsq}", "{weights: 0.8, times: 2}");
    for (JsonNode size : report.at("/sizes")) {
      assertThat(size.at("/zeros").asDouble()).isGreaterThan(0.79);
    }
    JsonNode bag = report.at("/sizes/1");
    assertThat(bag.at("/bytes").asLong()).isLessThan(bag.at("/packedBytes").asLong() * 9 / 10);
  }

  @Test
  void backToEarlierWeights() throws IOException {
    JsonNode report =
        run(
            "rewind",
            "{weights: 0.6, rewindToEpoch: 1, times: 1,"
                + " overrides: [{layer: characters, weights: 0}]}");
    assertThat(report.at("/pruning/1/what").asText()).isEqualTo("rewound weights");
    assertThat(report.at("/sizes/1/zeros").asDouble()).isGreaterThan(0.59);
  }
}
