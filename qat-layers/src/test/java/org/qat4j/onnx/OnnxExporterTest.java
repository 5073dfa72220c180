package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.qat4j.QatException;
import org.qat4j.internal.Version;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.RandomModels;
import org.qat4j.numerics.QuantParams;
import org.qat4j.onnx.internal.CodeTensors;
import org.qat4j.onnx.internal.ModelMetadata;
import org.qat4j.onnx.internal.OnnxRunner;

class OnnxExporterTest {
  private static final IntegerModel MODEL = TextCnn.SMALL.model(8);
  private static final QuantParams BYTES = new QuantParams(0.02f, 3, -128, 127);
  private static final IntVector IDENTITY =
      IntVector.of(IntStream.rangeClosed(-128, 127).toArray());

  /** All that ONNX Runtime executes of a text network: integer kernels, then softmax. */
  @Test
  void theOptimizedGraphRunsOnIntegers() {
    for (OnnxOptions options : everyForm()) {
      for (int bits : new int[] {8, 4, 2}) {
        byte[] onnx = OnnxExporter.toBytes(TextCnn.SMALL.model(bits), options);
        assertThat(OnnxRunner.optimizedOperators(onnx))
            .containsExactly("Gather", "QLinearConv", "ReduceMax", "QGemm", "Softmax");
      }
    }
  }

  private static List<OnnxOptions> everyForm() {
    OnnxOptions standard = OnnxOptions.DEFAULT;
    return List.of(
        standard,
        standard.withInt4(true),
        standard.withVnni(true),
        standard.withInt4(true).withVnni(true));
  }

  /** One integer kernel for each product of any model, and no float product beside them. */
  @Test
  void noProductFallsBackToFloat() {
    for (long seed = 0; seed < 60; seed++) {
      IntegerModel model = RandomModels.model(seed);
      List<String> operators =
          OnnxRunner.optimizedOperators(OnnxExporter.toBytes(model, OnnxOptions.DEFAULT));
      Map<String, Long> kernels =
          model.ops().stream()
              .flatMap(op -> kernels(model, op).stream())
              .collect(Collectors.groupingBy(kernel -> kernel, Collectors.counting()));
      Map<String, Long> products =
          operators.stream()
              .filter(operator -> operator.matches(".*(Conv|Gemm|MatMul|AveragePool).*"))
              .collect(Collectors.groupingBy(operator -> operator, Collectors.counting()));
      assertThat(products).as("seed %s", seed).isEqualTo(kernels);
    }
  }

  private static List<String> kernels(IntegerModel model, Op op) {
    boolean codes = model.value(op.name()).isCodes();
    boolean readsWide = isWide(model, op.inputs().get(0));
    if (readsWide || isWide(model, op.name())) { // a product for each half of the codes
      boolean product = op instanceof Op.Conv1d || op instanceof Op.Dense;
      return product
          ? Collections.nCopies(readsWide ? 2 : 1, "ConvInteger")
          : op instanceof Op.Attention ? List.of("MatMulInteger", "MatMulInteger") : List.of();
    }
    if (op instanceof Op.Conv1d) {
      return List.of(codes ? "QLinearConv" : "ConvInteger");
    } else if (op instanceof Op.Dense) {
      boolean sequence = model.value(op.name()).shape().size() == 2;
      return List.of(codes && sequence ? "QLinearConv" : "QGemm");
    } else if (op instanceof Op.Conv2d
        || op instanceof Op.AvgPool1d
        || op instanceof Op.AvgPool2d
        || op instanceof Op.GlobalAvgPool) {
      return List.of("QLinearConv");
    } else if (op instanceof Op.Attention) {
      return List.of("MatMulInteger", "MatMulInteger");
    }
    // The product of a recurrence's state is in the body of its Scan.
    return op instanceof Op.Recurrent ? List.of("MatMulInteger") : List.of();
  }

  private static boolean isWide(IntegerModel model, String value) {
    QuantParams params = model.value(value).params();
    return params != null && CodeTensors.isWide(params);
  }

  @Test
  void constantsHaveTheTypesOfTheirCodes() throws IOException {
    Map<String, Integer> types = types(MODEL, OnnxOptions.DEFAULT);
    assertThat(types)
        .containsEntry("embedding/table", DataType.UINT8_VALUE)
        .containsEntry("conv/weights", DataType.UINT8_VALUE)
        .containsEntry("conv/bias", DataType.INT32_VALUE)
        .containsEntry("conv/scale", DataType.FLOAT_VALUE)
        .containsEntry("conv/zero_point", DataType.UINT8_VALUE);
    assertThat(types(MODEL, OnnxOptions.DEFAULT.withVnni(true)))
        .containsEntry("conv/weights", DataType.INT8_VALUE);
    assertThat(types(TextCnn.SMALL.model(7), OnnxOptions.DEFAULT))
        .containsEntry("conv/weights", DataType.INT8_VALUE);
    assertThat(types(TextCnn.SMALL.model(4), OnnxOptions.DEFAULT.withInt4(true)))
        .containsEntry("embedding/table", DataType.INT4_VALUE)
        .containsEntry("conv/weights", DataType.INT4_VALUE);
  }

  private static Map<String, Integer> types(IntegerModel model, OnnxOptions options)
      throws IOException {
    return parse(OnnxExporter.toBytes(model, options)).getGraph().getInitializerList().stream()
        .collect(Collectors.toMap(TensorProto::getName, TensorProto::getDataType));
  }

  private static ModelProto parse(byte[] onnx) throws IOException {
    return ModelProto.parseFrom(onnx);
  }

  @Test
  void int4HalvesWeightsOfFourBits() {
    IntegerModel model = new TextCnn(2000, 100, 20, 64, 5, 20).model(4);
    int int8 = OnnxExporter.toBytes(model, OnnxOptions.DEFAULT).length;
    int int4 = OnnxExporter.toBytes(model, OnnxOptions.DEFAULT.withInt4(true)).length;
    int words = ModelMetadata.of(model).get(ModelMetadata.TEXT).length();
    assertThat((double) (int4 - words) / (int8 - words)).isBetween(0.5, 0.53);
  }

  /** What a viewer shows. */
  @Test
  void theGraphExplainsItself() throws IOException {
    ModelProto model = parse(OnnxExporter.toBytes(MODEL, OnnxOptions.DEFAULT));
    assertThat(model.getProducerName()).isEqualTo("qat4j");
    assertThat(model.getProducerVersion()).isEqualTo(Version.current());
    assertThat(model.getDocString()).contains("codes + 128");
    assertThat(model.getGraph().getName()).isEqualTo("text-cnn");
    assertThat(dims(model.getGraph().getInput(0))).containsExactly("batch", "tokens_steps");
    assertThat(model.getGraph().getInput(0).getDocString())
        .contains("token ids below 50", "at most 20 steps", "at least 3 behind");
    assertThat(model.getGraph().getOutputList())
        .singleElement()
        .satisfies(output -> assertThat(output.getName()).isEqualTo("output"));
    Map<String, ValueInfoProto> values =
        model.getGraph().getValueInfoList().stream()
            .collect(Collectors.toMap(ValueInfoProto::getName, v -> v));
    assertThat(values).containsKeys("embedding", "conv", "max", "logits");
    assertThat(dims(values.get("conv"))).containsExactly("batch", "16", "0"); // not known
    assertThat(values.get("conv").getDocString()).contains("(code - -128)");
    assertThat(model.getGraph().getNodeList())
        .anySatisfy(
            node -> {
              assertThat(node.getName()).isEqualTo("conv/Conv");
              assertThat(node.getDocString()).contains("int8[16, 3, 12]", "per output channel");
            });
  }

  private static List<String> dims(ValueInfoProto value) {
    return value.getType().getTensorType().getShape().getDimList().stream()
        .map(d -> d.hasDimParam() ? d.getDimParam() : Long.toString(d.getDimValue()))
        .toList();
  }

  @Test
  void vocabularyLabelsAndMetadataTravelAlong() throws IOException {
    IntegerModel model =
        new IntegerModel(
            "m",
            MODEL.inputs(),
            MODEL.ops(),
            MODEL.outputs(),
            MODEL.text(),
            MODEL.labels(),
            Map.of("seed", "7"));
    Map<String, String> properties =
        parse(OnnxExporter.toBytes(model, OnnxOptions.DEFAULT)).getMetadataPropsList().stream()
            .collect(
                Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    assertThat(properties).containsEntry("seed", "7");
    ObjectMapper json = new ObjectMapper();
    JsonNode labels = json.readTree(properties.get("qat4j.labels"));
    assertThat(labels).extracting(JsonNode::asText).isEqualTo(MODEL.labels());
    JsonNode encoder = json.readTree(properties.get("qat4j.text")).get("tokens");
    assertThat(encoder.get("kind").asText()).isEqualTo("words");
    assertThat(encoder.get("length").asInt()).isEqualTo(20);
    assertThat(encoder.get("lowerCase").asBoolean()).isTrue();
    assertThat(encoder.get("words")).hasSize(48);
  }

  @Test
  void namesAreUniqueAndTheSameModelGivesTheSameBytes() throws IOException {
    for (long seed = 0; seed < 60; seed++) {
      byte[] onnx = OnnxExporter.toBytes(RandomModels.model(seed), OnnxOptions.DEFAULT);
      assertThat(OnnxExporter.toBytes(RandomModels.model(seed), OnnxOptions.DEFAULT))
          .isEqualTo(onnx);
      Set<String> nodes = new HashSet<>();
      for (NodeProto node : parse(onnx).getGraph().getNodeList()) {
        assertThat(nodes.add(node.getName())).as("seed %s: %s", seed, node.getName()).isTrue();
      }
    }
  }

  /** A user's layers may bear any names, those of our constants too. */
  @Test
  void awkwardNamesDoNotCollide() {
    List<Op> ops =
        List.of(
            new Op.Quantize("q", "x", BYTES),
            new Op.Lookup("q/scale", "q", IDENTITY, BYTES),
            new Op.Lookup("q/scale/codes", "q/scale", IDENTITY, BYTES),
            new Op.Lookup("q/zero_point", "q/scale/codes", IDENTITY, BYTES));
    IntegerModel model =
        new IntegerModel(
            "",
            List.of(new Input("x", Input.Kind.REAL, List.of(5), 0)),
            ops,
            List.of("q/scale", "q/zero_point"),
            List.of(),
            List.of());
    Agreement agreement = new Agreement(OnnxOptions.DEFAULT);
    agreement.compare(0, model, List.of(RandomModels.sample(model, new Random(1))));
    assertThat(agreement.mismatches()).isEmpty();
    assertThat(agreement.codes()).isEqualTo(20);
  }

  @Test
  void filesAppearCompleteOrNotAtAll(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.onnx");
    OnnxExporter.write(MODEL, OnnxOptions.DEFAULT, file);
    assertThat(Files.readAllBytes(file))
        .isEqualTo(OnnxExporter.toBytes(MODEL, OnnxOptions.DEFAULT));
    assertThat(folder).isDirectoryContaining(f -> f.equals(file));
    Path nowhere = folder.resolve("missing").resolve("model.onnx");
    assertThatThrownBy(() -> OnnxExporter.write(MODEL, OnnxOptions.DEFAULT, nowhere))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("model.onnx");
  }
}
