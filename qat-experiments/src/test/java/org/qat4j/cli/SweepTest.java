package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.zoo.SavedNetworks;

/** Sweeps from the command line, on a small table of texts. */
class SweepTest {
  @TempDir static Path folder;

  private static Path experiment;
  private static Path sweep;

  @BeforeAll
  static void runOneSeed() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      rows.append("warm\tthe sun number ").append(i).append(" shines\n");
      rows.append("cold\tsnow falls on day ").append(i).append('\n');
    }
    Path table = Files.writeString(folder.resolve("weather.tsv"), rows);
    experiment =
        write(
            "weather.yaml",
            String.format(
                Locale.ROOT,
                """
                schemaVersion: 1
                name: weather
                data: {kind: table, train: "%s"}
                model: {kind: char-ngram-cnn, length: 24, dimension: 8, filters: 16, buckets: 500}
                train: {epochs: 2, batch: 16}
                verify: {inputs: 10}
                sweep:
                  - W8: {}
                    W2: {quantize: {weights: {bits: 2, observer: mse}}}
                  - fixed: {}
                    lsq: {quantize: {weights: {learned: lsq}}}
                """,
                table.toString().replace('\\', '/')));
    sweep = folder.resolve("sweep");
    Called called = qat("sweep", experiment, "--seeds", 1, "--out", sweep, "--quiet");
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).contains("W8-fixed", "W2-lsq", "post-train.", "The smallest model");
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static JsonNode report(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("report.json").toFile());
  }

  /** A number that is there. */
  private static double number(JsonNode node, String at) {
    assertThat(node.at(at).isNumber()).as("%s in %s", at, node).isTrue();
    return node.at(at).asDouble();
  }

  @Test
  void everyVariantIsReported() throws IOException {
    JsonNode report = report(sweep);

    assertThat(report.at("/seeds")).hasSize(1);
    assertThat(report.at("/variants"))
        .extracting(v -> v.at("/name").asText())
        .containsExactly("W8-fixed", "W8-lsq", "W2-fixed", "W2-lsq");
    for (JsonNode variant : report.at("/variants")) {
      assertThat(variant.at("/verify/exact").asBoolean()).isTrue();
      assertThat(number(variant, "/results/integer/accuracy"))
          .isEqualTo(number(variant, "/results/qat/accuracy"));
      assertThat(variant.at("/results/integer/against").fieldNames())
          .toIterable()
          .containsExactly("float", "control", "ptq");
    }
    JsonNode ternary = report.at("/variants/2");
    assertThat(ternary.at("/settings/quantize.weights.bits").asText()).isEqualTo("2");
    assertThat(ternary.at("/settings").has("train.epochs")).isFalse();
    assertThat(ternary.at("/bytes/integer").asLong())
        .isLessThan(report.at("/variants/0/bytes/integer").asLong());
    assertThat(sweep.resolve("report.html")).content().contains("chart-sweep", "W2-lsq", "knee");
  }

  /** A file lies where the folder of the first variant goes. */
  @Test
  void aSweepThatFailsSaysHowToGoOn() throws IOException {
    Path broken = folder.resolve("broken");
    RunFolder.create(broken, false).close();
    Files.writeString(broken.resolve("W8-fixed"), "in the way");
    List<Object> args = List.of("sweep", experiment, "--set", "train.epochs=1", "--only", "W8.*");
    List<Object> where = List.of("--seeds", 1, "--out", broken, "--resume", "--quiet");
    Called called = qat(Stream.of(args, where).flatMap(List::stream).toArray());
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err())
        .contains(
            "the run can go on where it stood: ./qat sweep "
                + experiment
                + " --set train.epochs=1 --only 'W8.*' --seeds 1 --out "
                + broken
                + " --resume");
  }

  @Test
  void oneFloatNetworkServesAllVariants() throws IOException {
    try (Stream<Path> files = Files.list(sweep.resolve("float"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".zip"))).hasSize(1);
    }
  }

  @Test
  void aVariantByItselfComesOutTheSame() throws IOException {
    Path run = folder.resolve("single");

    Called called =
        qat(
            "run",
            experiment,
            "--variant",
            "W2-lsq",
            "--seeds",
            1,
            "--out",
            run,
            "--quiet",
            "--json");

    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(run.resolve("model.qat")).hasSameBinaryContentAs(sweep.resolve("W2-lsq/seed-1.qat"));
    assertThat(report(run).at("/results/control"))
        .isEqualTo(report(sweep).at("/variants/3/results/control"));
  }

  /** What is pruned alike is pruned once, and a variant by itself comes out the same. */
  @Test
  void onePrunedNetworkServesAllVariants() throws IOException {
    Path file =
        write(
            "pruned.yaml",
            Files.readString(experiment).replaceFirst("(?s)sweep:.*", "")
                + """
                prune: {weights: 0.5, epochs: 1, times: 3}
                sweep: {W8: {}, W4: {quantize: {weights: {bits: 4}}}}
                """);
    Path both = folder.resolve("pruned");
    Path run = folder.resolve("pruned-w4");

    Called called = qat("sweep", file, "--seeds", 1, "--out", both, "--quiet");
    assertThat(called.exit()).as(called.err()).isZero();
    called = qat("run", file, "--variant", "W4", "--seeds", 1, "--out", run, "--quiet");
    assertThat(called.exit()).as(called.err()).isZero();

    assertThat(run.resolve("model.qat")).hasSameBinaryContentAs(both.resolve("W4/seed-1.qat"));
    double seconds = pruning(both.resolve("W8/seed-1.json"));
    assertThat(seconds).isPositive().isEqualTo(pruning(both.resolve("W4/seed-1.json")));
  }

  private static double pruning(Path kept) throws IOException {
    return new ObjectMapper().readTree(kept.toFile()).at("/seconds/PRUNING").asDouble();
  }

  /** A sweep that was stopped goes on, with the float network and the results that are there. */
  @Test
  void whatIsFinishedIsNotDoneAgain() throws IOException {
    Path stopped = folder.resolve("stopped");
    assertThat(qat("sweep", experiment, "--seeds", 1, "--out", stopped, "--quiet").exit()).isZero();
    Path done = stopped.resolve("W8-fixed/seed-1.json");
    FileTime before = Files.getLastModifiedTime(done);
    Files.delete(stopped.resolve("W2-fixed/seed-1.json"));
    Files.delete(stopped.resolve("report.json"));

    // Nothing depends on what the experiment is called for people.
    String sun = "description=Sun or snow";
    Called called =
        qat(
            "sweep",
            experiment,
            "--seeds",
            1,
            "--out",
            stopped,
            "--resume",
            "--quiet",
            "--set",
            sun);

    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(Files.getLastModifiedTime(done)).isEqualTo(before);
    for (int i = 0; i < 4; i++) {
      assertThat(report(stopped).at("/variants/" + i + "/results"))
          .isEqualTo(report(sweep).at("/variants/" + i + "/results"));
    }
    for (String variant : List.of("W8-fixed", "W2-fixed")) {
      assertThat(stopped.resolve(variant + "/seed-1.qat"))
          .hasSameBinaryContentAs(sweep.resolve(variant + "/seed-1.qat"));
    }
  }

  /** The file of a network may have changed under the same name. */
  @Test
  void anotherNetworkInTheSameFileIsAnotherExperiment() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      rows.append("low\t0.1,0.").append(i).append('\n');
      rows.append("high\t0.9,0.").append(i).append('\n');
    }
    Path table = write("numbers.tsv", rows.toString());
    Path zip = folder.resolve("network.zip");
    Path file =
        write(
            "numbers.yaml",
            """
            schemaVersion: 1
            name: numbers
            data: {kind: table, train: "%s"}
            model: {kind: file, file: "%s"}
            train: {epochs: 1, batch: 16}
            verify: {inputs: 10}
            sweep: {W8: {}, W4: {quantize: {weights: {bits: 4}}}}
            """
                .formatted(table, zip)
                .replace('\\', '/'));
    Path out = folder.resolve("numbers");
    JsonNode[] reports = new JsonNode[2];
    for (int seed = 0; seed < 2; seed++) {
      SavedNetworks.save(twoLayers(seed), zip);
      Called called =
          qat("sweep", file, "--out", out, "--quiet", seed == 0 ? "--overwrite" : "--resume");
      assertThat(called.exit()).as(called.err()).isZero();
      reports[seed] = report(out);
    }
    assertThat(reports[1].at("/variants/0/results/float/loss"))
        .isNotEqualTo(reports[0].at("/variants/0/results/float/loss"));
  }

  private static Model twoLayers(int seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .list()
                .layer(new DenseLayer.Builder().nIn(2).nOut(4).build())
                .layer(
                    new OutputLayer.Builder().nIn(4).nOut(2).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return network;
  }

  @Test
  void everyWayToQuantizeRuns() throws IOException {
    Path out = folder.resolve("every-key");

    Called called =
        qat(
            "sweep",
            "src/test/resources/every-key.yaml",
            "--set",
            "data.train=\"" + folder.resolve("weather.tsv").toString().replace('\\', '/') + "\"",
            "--out",
            out,
            "--quiet");

    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(report(out).at("/variants"))
        .hasSize(6)
        .allSatisfy(v -> assertThat(v.at("/verify/exact").asBoolean()).isTrue());
  }

  @Test
  void withoutTrainingBitsAreThoseOfTheEndOfAllPhases() throws IOException {
    Path out = folder.resolve("phases");
    String train = folder.resolve("weather.tsv").toString().replace('\\', '/');

    Called called =
        qat(
            "run",
            "src/test/resources/every-key.yaml",
            "--variant",
            "squares",
            "--set",
            "data.train=\"" + train + "\"",
            "--out",
            out,
            "--quiet");

    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(report(out).at("/layers/ptq/rows"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.at("/weightBits").asInt()).isEqualTo(2));
  }

  @Test
  void mistakesAreToldWithTheirPlace() throws IOException {
    Path wrong =
        write(
            "wrong.yaml",
            Files.readString(experiment).replace("{bits: 2, observer: mse}", "{bits: 20}"));

    Called called = qat("validate", wrong);

    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err()).contains("wrong.yaml:9:", "quantize.weights.bits is 20");
    assertThat(called.err().split("bits is 20", -1)).as("told once").hasSize(2);
    assertThat(qat("validate", experiment).out()).contains("W8-fixed: ok", "W2-lsq: ok");
  }

  @Test
  void aSweepIsNoSingleExperiment() throws IOException {
    assertThat(qat("run", experiment).err()).contains("./qat sweep", "--variant", "W8-fixed");
    assertThat(qat("run", experiment, "--variant", "W9").err()).contains("no variant \"W9\"");
    assertThat(qat("sweep", experiment, "--only", "W9").err()).contains("matches no variant");
    assertThat(qat("sweep", experiment, "--resume").err()).contains("--out");
    Path plain = write("plain.yaml", Files.readString(experiment).replaceFirst("(?s)sweep:.*", ""));
    assertThat(qat("sweep", plain).err()).contains("./qat run");
    Path data =
        write(
            "data.yaml",
            Files.readString(experiment).replace("W8: {}", "W8: {data: {kind: langid}}"));
    assertThat(qat("sweep", data).err()).contains("different data");
  }
}
