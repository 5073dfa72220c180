package org.qat4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashSet;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.Version;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.Requantize;

/**
 * Writes the same network as ONNX in float arithmetic: what the integer model is measured against.
 * Weights are those that the codes stand for; nothing is rounded between operations. Sequences are
 * [batch, channels, steps].
 */
public final class FloatOnnxExporter implements Op.Visitor<Void> {
  private static final int OPSET = 17;
  private static final int IR_VERSION = 8;

  /** Channels and steps. */
  private static final int[] EXCHANGED = {1, 0};

  private final IntegerModel model;
  private final GraphBuilder graph;

  private FloatOnnxExporter(IntegerModel model) {
    this.model = model;
    this.graph = new GraphBuilder(new HashSet<>(model.values().keySet()));
  }

  /**
   * The bytes of an ONNX file with the inputs and outputs of the model.
   *
   * @throws QatException if the model has an operation whose float form is not known, a table
   */
  public static byte[] toBytes(IntegerModel model) {
    return new FloatOnnxExporter(model).export().toByteArray();
  }

  private ModelProto export() {
    for (Input input : model.inputs()) {
      DataType type = input.kind() == Input.Kind.TOKENS ? DataType.INT32 : DataType.FLOAT;
      graph.graph().addInput(GraphBuilder.type(input.name(), type, input.shape(), ""));
    }
    model.ops().forEach(op -> op.accept(this));
    for (String output : model.outputs()) {
      List<Integer> shape = model.value(output).shape();
      graph.graph().addOutput(GraphBuilder.type(output, DataType.FLOAT, shape, ""));
    }
    graph.graph().setName(model.name() + "-float");
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("qat4j")
        .setProducerVersion(Version.current())
        .setGraph(graph.graph())
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .build();
  }

  /** Real values of the codes, in the order given by {@code at}. */
  private static float[] reals(QuantizedTensor w) {
    float[] values = new float[w.codes().length];
    int perChannel = values.length / w.dim(0);
    for (int i = 0; i < values.length; i++) {
      values[i] = w.scale(i / perChannel) * (float) (w.codes()[i] - w.zeroPoint());
    }
    return values;
  }

  private String bias(String owner, Value in, QuantizedTensor w, IntVector bias) {
    float[] values = new float[bias.size()];
    for (int c = 0; c < values.length; c++) {
      values[c] = Requantize.toReal(bias.get(c), in.params().scale(), w.scale(c));
    }
    return graph.constant(owner + "/bias", Tensors.floats(values, values.length));
  }

  private Void same(Op op) {
    graph.node("Identity", op.name(), List.of(op.inputs().get(0)), op.name(), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Quantize o) {
    return same(o);
  }

  private String gather(Op op, QuantizedTensor table) {
    String constant =
        graph.constant(
            op.name() + "/table", Tensors.floats(reals(table), table.dim(0), table.dim(1)));
    return graph.node("Gather", op.name(), List.of(constant, op.inputs().get(0)), List.of());
  }

  @Override
  public Void visit(Op.Embedding o) {
    graph.transpose(o.name(), gather(o, o.table()), EXCHANGED, o.name());
    return null;
  }

  @Override
  public Void visit(Op.EmbeddingBag o) {
    String rows = gather(o, o.table());
    String zero = graph.constant(o.name() + "/padding", Tensors.ints(new int[] {0}, 1));
    String empty = graph.node("Equal", o.name(), List.of(o.input(), zero), List.of());
    String tokens = graph.node("Not", o.name(), List.of(empty), List.of());
    String mask = graph.node("Cast", o.name(), List.of(tokens), List.of(toFloat()));
    String axis = graph.constant(o.name() + "/axis", Tensors.longs(-1));
    String column = graph.node("Unsqueeze", o.name(), List.of(mask, axis), List.of());
    String masked = graph.node("Mul", o.name(), List.of(rows, column), List.of());
    String time = graph.constant(o.name() + "/steps", Tensors.longs(1));
    List<String> summed = List.of(masked, time);
    if (!o.mean()) {
      graph.node("ReduceSum", o.name(), summed, o.name(), List.of(drop()));
      return null;
    }
    String sum = graph.node("ReduceSum", o.name(), summed, List.of(drop()));
    String count = graph.node("ReduceSum", o.name(), List.of(column, time), List.of(drop()));
    String one = graph.constant(o.name() + "/one", Tensors.floats(new float[] {1f}, 1));
    String atLeastOne = graph.node("Max", o.name(), List.of(count, one), List.of());
    graph.node("Div", o.name(), List.of(sum, atLeastOne), o.name(), List.of());
    return null;
  }

  private static ai.onnx.proto.OnnxMl.AttributeProto toFloat() {
    return GraphBuilder.integer("to", DataType.FLOAT.getNumber());
  }

  private static ai.onnx.proto.OnnxMl.AttributeProto drop() {
    return GraphBuilder.integer("keepdims", 0);
  }

  @Override
  public Void visit(Op.Conv1d o) {
    QuantizedTensor w = o.weights();
    int kernel = w.dim(1);
    int depth = w.dim(2);
    float[] taps = reals(w); // [out, kernel, in]
    float[] rows = new float[taps.length]; // [out, in, kernel]
    for (int i = 0; i < taps.length; i++) {
      int out = i / (kernel * depth);
      int k = i / depth % kernel;
      rows[(out * depth + i % depth) * kernel + k] = taps[i];
    }
    String weights =
        graph.constant(o.name() + "/weights", Tensors.floats(rows, w.dim(0), depth, kernel));
    String bias = bias(o.name(), model.value(o.input()), w, o.bias());
    activated(
        o,
        o.output(),
        "Conv",
        List.of(o.input(), weights, bias),
        List.of(
            GraphBuilder.integers("strides", o.stride()),
            GraphBuilder.integers("dilations", o.dilation()),
            GraphBuilder.integers("pads", o.padLeft(), o.padRight())));
    return null;
  }

  private void activated(
      Op op,
      Output output,
      String operator,
      List<String> inputs,
      List<ai.onnx.proto.OnnxMl.AttributeProto> attributes) {
    if (!isClamped(output)) {
      graph.node(operator, op.name(), inputs, op.name(), attributes);
      return;
    }
    String product = graph.node(operator, op.name(), inputs, attributes);
    graph.node("Relu", op.name(), List.of(product), op.name(), List.of());
  }

  /** Whether ReLU is fused: no code stands for a negative number (8). */
  private static boolean isClamped(Output output) {
    return output instanceof Output.Codes codes && codes.lo() == codes.params().zeroPoint();
  }

  @Override
  public Void visit(Op.Dense o) {
    QuantizedTensor w = o.weights();
    int out = w.dim(0);
    int in = w.dim(1);
    float[] rows = reals(w);
    float[] columns = new float[rows.length]; // [in, out]
    for (int i = 0; i < rows.length; i++) {
      columns[i % in * out + i / in] = rows[i];
    }
    boolean sequence = model.value(o.input()).shape().size() == 2;
    String x = sequence ? graph.transpose(o.name(), o.input(), EXCHANGED) : o.input();
    String weights = graph.constant(o.name() + "/weights", Tensors.floats(columns, in, out));
    String bias = bias(o.name(), model.value(o.input()), w, o.bias());
    if (!sequence) {
      activated(o, o.output(), "Gemm", List.of(x, weights, bias), List.of());
      return null;
    }
    String product = graph.node("MatMul", o.name(), List.of(x, weights), List.of());
    String sum = graph.node("Add", o.name(), List.of(product, bias), List.of());
    String clamped =
        isClamped(o.output()) ? graph.node("Relu", o.name(), List.of(sum), List.of()) : sum;
    graph.transpose(o.name(), clamped, EXCHANGED, o.name());
    return null;
  }

  @Override
  public Void visit(Op.MaxPool1d o) {
    return pool("MaxPool", o, o.kernel(), o.stride());
  }

  @Override
  public Void visit(Op.AvgPool1d o) {
    return pool("AveragePool", o, o.kernel(), o.stride());
  }

  private Void pool(String operator, Op op, int kernel, int stride) {
    graph.node(
        operator,
        op.name(),
        op.inputs(),
        op.name(),
        List.of(
            GraphBuilder.integers("kernel_shape", kernel),
            GraphBuilder.integers("strides", stride)));
    return null;
  }

  @Override
  public Void visit(Op.GlobalMaxPool o) {
    return reduce("ReduceMax", o);
  }

  @Override
  public Void visit(Op.GlobalAvgPool o) {
    return reduce("ReduceMean", o);
  }

  private Void reduce(String operator, Op op) {
    graph.node(
        operator,
        op.name(),
        op.inputs(),
        op.name(),
        List.of(GraphBuilder.integers("axes", 2), drop()));
    return null;
  }

  @Override
  public Void visit(Op.Concat o) {
    graph.node("Concat", o.name(), o.inputs(), o.name(), List.of(GraphBuilder.integer("axis", 1)));
    return null;
  }

  @Override
  public Void visit(Op.Add o) {
    graph.node("Sum", o.name(), o.inputs(), o.name(), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Flatten o) {
    String byStep = graph.transpose(o.name(), o.input(), EXCHANGED);
    graph.node("Flatten", o.name(), List.of(byStep), o.name(), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Lookup o) {
    QuantParams in = model.value(o.input()).params();
    throw new QatException(
        "operation \""
            + o.name()
            + "\": a table over the codes "
            + in
            + " does not say which function it stands for");
  }

  @Override
  public Void visit(Op.Softmax o) {
    graph.node("Softmax", o.name(), o.inputs(), o.name(), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Recurrent o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.LastStep o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.NotZero o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.Attention o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.LayerNorm o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.Masked o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.MaskedMean o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.RealSum o) {
    graph.node("Sum", o.name(), o.inputs(), o.name(), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Conv2d o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.MaxPool2d o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.AvgPool2d o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.GlobalSumPool o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.Select o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.Transpose o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.Reshape o) {
    throw unknown(o);
  }

  @Override
  public Void visit(Op.Elementwise o) {
    throw unknown(o);
  }

  private static QatException unknown(Op op) {
    return new QatException(
        "operation \""
            + op.name()
            + "\": "
            + op.getClass().getSimpleName()
            + " has no form in float here");
  }
}
