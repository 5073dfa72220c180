package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import example.OwnUpdater;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.data.ShapeImages;
import org.qat4j.zoo.KerasFile;
import org.qat4j.zoo.SavedNetworks;

/** Nothing is for texts alone: the shipped experiment with images and a network from a file. */
class ImagesTest {
  @TempDir private Path folder;

  @Test
  void aNetworkFromAFileIsQuantizedOnImages() throws IOException {
    call("data", "shapes", "--to", folder);
    String data = folder.toString().replace('\\', '/') + "/";
    Path experiment =
        Files.writeString(
            folder.resolve("shapes-lenet.yaml"),
            Files.readString(Path.of("../configs/shapes-lenet.yaml")).replace("data/", data));
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");

    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/inputs").asInt()).isEqualTo(200);
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/argmaxFlips").asInt(-1)).isZero();
    for (String stage : new String[] {"float", "ptq", "qat", "integer"}) {
      assertThat(report.at("/results/" + stage + "/accuracy").asDouble())
          .as(stage)
          .isGreaterThan(0.9);
    }

    String row = Files.readAllLines(folder.resolve("shapes.tsv")).get(2).split("\t", -1)[1];
    assertThat(call("predict", run.resolve("model.qat"), row)).contains("ring");
  }

  /** The same images, and a network that Keras saved, by the same command. */
  @Test
  void aKerasFileIsQuantized() throws IOException {
    Files.writeString(folder.resolve("shapes.tsv"), ShapeImages.table(600, 2));
    KerasFile.leNet(ShapeImages.SIZE, 1, ShapeImages.classes()).write(folder.resolve("my.h5"));
    String data = folder.toString().replace('\\', '/') + "/";
    Path experiment =
        Files.writeString(
            folder.resolve("keras.yaml"),
            """
            schemaVersion: 1
            name: keras
            data: {kind: table, train: DATA/shapes.tsv}
            model: {kind: file, file: DATA/my.h5}
            train: {epochs: 4, batch: 16, learningRate: 0.005}
            quantize: {qat: {epochs: 1}}
            verify: {inputs: 40}
            """
                .replace("DATA/", data));
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/inputs").asInt()).isEqualTo(40);
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/results/integer/accuracy").asDouble()).isGreaterThan(0.4);
    assertThat(run.resolve("model.onnx")).isNotEmptyFile();
  }

  /** A layer that cannot be quantized: refused, or in float and said so. */
  @Test
  void whatCannotBeQuantizedIsRefusedOrStaysInFloat() throws IOException {
    Files.writeString(folder.resolve("shapes.tsv"), ShapeImages.table(200, 2));
    SavedNetworks.save(withNormalization(), folder.resolve("my.zip"));
    Path experiment =
        Files.writeString(
            folder.resolve("float.yaml"),
            """
            schemaVersion: 1
            name: float
            data: {kind: table, train: DATA/shapes.tsv}
            model: {kind: file, file: DATA/my.zip}
            train: {epochs: 1, batch: 16}
            quantize: {qat: {epochs: 1}}
            """
                .replace("DATA/", folder.toString().replace('\\', '/') + "/"));
    Called refused = Called.qat("run", experiment, "--out", folder.resolve("no"), "--quiet");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("LocalResponseNormalization cannot be quantized");

    Path run = folder.resolve("run");
    Called called =
        Called.qat("run", experiment, "--out", run, "--set", "quantize.unsupported=float");
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).contains("layers stay in float: layer \"lrn\":");
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/inFloat/0").asText()).startsWith("layer \"lrn\"");
    assertThat(report.at("/results/ptq/accuracy").isNumber()).isTrue();
    assertThat(report.at("/results/qat/accuracy").isNumber()).isTrue();
    assertThat(report.at("/results/integer").isMissingNode()).isTrue();
    assertThat(run.resolve("model.qat")).doesNotExist();
    assertThat(run.resolve("qat-network.zip")).exists();
  }

  /** A network that names code of the user's own is read when the user names it too. */
  @Test
  void codeOfOnesOwnIsNamed() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("a\t1,").append(i).append("\nb\t3,").append(i).append('\n');
    }
    Files.writeString(folder.resolve("rows.tsv"), rows);
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new OwnUpdater())
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(2).nOut(2).build())
                .build());
    network.init();
    SavedNetworks.save(network, folder.resolve("own.zip"));
    Path experiment =
        Files.writeString(
            folder.resolve("own.yaml"),
            """
            schemaVersion: 1
            name: own
            data: {kind: table, train: DATA/rows.tsv}
            model: {kind: file, file: DATA/own.zip}
            train: {epochs: 1, batch: 8}
            quantize: {qat: {epochs: 1}}
            verify: {inputs: 4}
            """
                .replace("DATA/", folder.toString().replace('\\', '/') + "/"));
    Called refused = Called.qat("run", experiment, "--out", folder.resolve("no"), "--quiet");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("own.zip").contains("--trust example.OwnUpdater");
    try {
      call("run", experiment, "--out", folder.resolve("run"), "--trust", "example.OwnUpdater");
    } finally {
      System.clearProperty(SavedNetworks.TRUST);
    }
  }

  private static Model withNormalization() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(1e-3))
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(4).stride(3, 3).build())
                .layer(new LocalResponseNormalization.Builder().name("lrn").build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(ShapeImages.classes())
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutionalFlat(ShapeImages.SIZE, ShapeImages.SIZE, 1))
                .build());
    network.init();
    return network;
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
