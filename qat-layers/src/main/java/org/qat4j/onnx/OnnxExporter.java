package org.qat4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.qat4j.QatException;
import org.qat4j.internal.Version;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.TextLengths;
import org.qat4j.model.Value;
import org.qat4j.onnx.internal.CodeTensors;
import org.qat4j.onnx.internal.GraphBuilder;
import org.qat4j.onnx.internal.ModelMetadata;
import org.qat4j.onnx.internal.OpExporter;
import org.qat4j.onnx.internal.WeightWriter;

/**
 * Writes the integer model as ONNX. Inputs and outputs bear the names of the model; the first
 * dimension of each is a batch of any size. The same model and options give the same bytes.
 */
public final class OnnxExporter {
  private static final int OPSET = 18;
  private static final int IR_VERSION = 8;
  private static final int OPSET_INT4 = 21;
  private static final int IR_VERSION_INT4 = 10;
  private static final String DOCUMENTATION =
      "Integer model in QDQ form, written by qat4j. Unsigned bytes hold codes + 128 of shape"
          + " [batch, channels, steps]; the constants scale and zero_point of a value give them"
          + " meaning: real = scale * (byte - zero_point).";

  private final IntegerModel model;
  private final OnnxOptions options;
  private final GraphBuilder graph;
  private final CodeTensors codes;

  private OnnxExporter(IntegerModel model, OnnxOptions options) {
    this.model = model;
    this.options = options;
    this.graph = new GraphBuilder(reserved(model));
    this.codes = new CodeTensors(model, graph);
  }

  private static Set<String> reserved(IntegerModel model) {
    Set<String> names = new HashSet<>(model.values().keySet());
    model.outputs().forEach(output -> names.add(CodeTensors.tensor(model, output)));
    if (names.contains("")) {
      throw new QatException("an operation without a name cannot be written as ONNX");
    }
    return names;
  }

  /**
   * The bytes of an ONNX file.
   *
   * @throws QatException if an operation has no name
   */
  public static byte[] toBytes(IntegerModel model, OnnxOptions options) {
    return new OnnxExporter(model, options).export().toByteArray();
  }

  /**
   * Writes an ONNX file; it appears complete or not at all.
   *
   * @throws QatException if the file cannot be written
   */
  public static void write(IntegerModel model, OnnxOptions options, Path file) {
    AtomicFile.write(file, toBytes(model, options));
  }

  private ModelProto export() {
    model.inputs().forEach(input -> graph.graph().addInput(type(input)));
    OpExporter exporter = new OpExporter(model, graph, new WeightWriter(graph, options), codes);
    model.ops().forEach(op -> op.accept(exporter));
    Set<String> outputs = new LinkedHashSet<>(model.outputs());
    outputs.forEach(this::addOutput);
    for (Op op : model.ops()) {
      if (model.value(op.name()).isCodes() || !outputs.contains(op.name())) {
        addValue(op.name());
      }
    }
    graph.graph().setName(model.name().isEmpty() ? "model" : model.name());
    graph.graph().setDocString(DOCUMENTATION);
    return file();
  }

  private ModelProto file() {
    ModelProto.Builder proto =
        ModelProto.newBuilder()
            .setIrVersion(options.int4() ? IR_VERSION_INT4 : IR_VERSION)
            .setProducerName("qat4j")
            .setProducerVersion(Version.current())
            .setDocString(DOCUMENTATION)
            .setGraph(graph.graph());
    proto.addOpsetImport(
        OperatorSetIdProto.newBuilder().setVersion(options.int4() ? OPSET_INT4 : OPSET));
    ModelMetadata.of(model)
        .forEach(
            (key, value) ->
                proto.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return proto.build();
  }

  private ValueInfoProto type(Input input) {
    if (codes.varies(input.name())) {
      return steps(input);
    }
    return input.kind() == Input.Kind.TOKENS
        ? GraphBuilder.type(input.name(), DataType.INT32, input.shape(), tokens(input))
        : GraphBuilder.type(input.name(), DataType.FLOAT, input.shape(), "real numbers");
  }

  private static String tokens(Input input) {
    return "token ids below " + input.vocabularySize() + "; 0 is padding";
  }

  /** Token ids of as many steps as a text needs; inputs that are cut alike have one dimension. */
  private ValueInfoProto steps(Input input) {
    int i = model.inputs().indexOf(input);
    TextLengths lengths = codes.lengths();
    String text =
        String.format(
            "%s; at most %d steps, and at least %d behind the last token while there is room",
            tokens(input), lengths.limit(i), lengths.margin(i));
    ValueInfoProto.Builder type =
        GraphBuilder.type(input.name(), DataType.INT32, List.of(0), text).toBuilder();
    int first = 0;
    while (lengths.group(first) != lengths.group(i)) {
      first++;
    }
    type.getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(1)
        .setDimParam(model.inputs().get(first).name() + "_steps");
    return type.build();
  }

  /** Real values are outputs as they are, codes as the real values that they stand for. */
  private void addOutput(String name) {
    Value value = model.value(name);
    if (value.isCodes()) {
      codes.reveal(name);
    }
    graph.graph().addOutput(GraphBuilder.type(name, DataType.FLOAT, codes.shape(name), ""));
  }

  private void addValue(String name) {
    Value value = model.value(name);
    ValueInfoProto type =
        value.isCodes()
            ? codes.type(name)
            : value.tokens()
                ? GraphBuilder.type(
                    name, DataType.INT32, codes.shape(name), "0 where a step is masked")
                : GraphBuilder.type(name, DataType.FLOAT, codes.shape(name), "real values");
    if (options.allValues()) {
      graph.graph().addOutput(type);
    } else {
      graph.graph().addValueInfo(type);
    }
  }
}
