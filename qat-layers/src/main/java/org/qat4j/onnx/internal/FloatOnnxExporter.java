package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.QatException;
import org.qat4j.internal.Version;
import org.qat4j.layers.internal.codes.Negation;
import org.qat4j.model.Cell;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Requantize;

/**
 * Writes the same network as ONNX in float arithmetic: what the integer model is measured against.
 * Weights are those that the codes stand for; nothing is rounded between operations. Sequences are
 * [batch, channels, steps], images [batch, channels, height, width]; inputs and outputs have the
 * shapes of the model, channels last.
 */
public final class FloatOnnxExporter implements Op.Visitor<Void> {
  private static final int OPSET = 17;
  private static final int IR_VERSION = 8;

  /** Channels and steps. */
  private static final int[] EXCHANGED = {1, 0};

  private final IntegerModel model;
  private final GraphBuilder graph;
  private final FloatSequences sequences;

  /** Values of the graph that stand for outputs of the model whose channels lie last. */
  private final Map<String, String> planes = new HashMap<>();

  private FloatOnnxExporter(IntegerModel model) {
    this.model = model;
    this.graph = new GraphBuilder(new HashSet<>(model.values().keySet()));
    this.sequences = new FloatSequences(graph);
  }

  /**
   * The bytes of an ONNX file with the inputs and outputs of the model.
   *
   * @throws QatException if the model has a table of a function that ONNX does not have
   */
  public static byte[] toBytes(IntegerModel model) {
    return new FloatOnnxExporter(model).export().toByteArray();
  }

  private ModelProto export() {
    for (Input input : model.inputs()) {
      DataType type = input.kind() == Input.Kind.TOKENS ? DataType.INT32 : DataType.FLOAT;
      graph.graph().addInput(GraphBuilder.type(input.name(), type, input.shape(), ""));
    }
    for (String output : model.outputs()) {
      if (rank(output) > 1) {
        planes.put(output, graph.name(output + "/planes"));
      }
    }
    model.ops().forEach(op -> op.accept(this));
    planes.forEach((y, x) -> graph.transpose(y, x, channelsLast(rank(y)), y));
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

  /** The value of the graph that stands for one of the model. */
  private String at(String value) {
    return planes.getOrDefault(value, value);
  }

  private List<String> at(List<String> values) {
    return values.stream().map(this::at).toList();
  }

  private int rank(String value) {
    return model.value(value).shape().size();
  }

  private int channels(String value) {
    List<Integer> shape = model.value(value).shape();
    return shape.get(shape.size() - 1);
  }

  /** Dimensions of [c, ...] in the order [..., c]. */
  private static int[] channelsLast(int rank) {
    return IntStream.range(1, rank + 1).map(i -> i % rank).toArray();
  }

  /** Dimensions of [..., c] in the order [c, ...]. */
  private static int[] channelsFirst(int rank) {
    return IntStream.range(0, rank).map(i -> (i + rank - 1) % rank).toArray();
  }

  @Override
  public Void visit(Op.Quantize o) {
    if (rank(o.input()) == 1) {
      graph.node("Identity", o.name(), List.of(o.input()), at(o.name()), List.of());
    } else {
      graph.transpose(o.name(), o.input(), channelsFirst(rank(o.input())), at(o.name()));
    }
    return null;
  }

  private String gather(Op op, QuantizedTensor table) {
    String constant =
        graph.constant(
            op.name() + "/table", Tensors.floats(reals(table), table.dim(0), table.dim(1)));
    return graph.node("Gather", op.name(), List.of(constant, op.inputs().get(0)), List.of());
  }

  @Override
  public Void visit(Op.Embedding o) {
    graph.transpose(o.name(), gather(o, o.table()), EXCHANGED, at(o.name()));
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

  private static AttributeProto toFloat() {
    return GraphBuilder.integer("to", DataType.FLOAT.getNumber());
  }

  private static AttributeProto drop() {
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
        List.of(at(o.input()), weights, bias),
        List.of(
            GraphBuilder.integers("strides", o.stride()),
            GraphBuilder.integers("dilations", o.dilation()),
            GraphBuilder.integers("pads", o.padLeft(), o.padRight())));
    return null;
  }

  private void activated(
      Op op, Output output, String operator, List<String> inputs, List<AttributeProto> attributes) {
    if (!isClamped(output)) {
      graph.node(operator, op.name(), inputs, at(op.name()), attributes);
      return;
    }
    String product = graph.node(operator, op.name(), inputs, attributes);
    clamp(op.name(), (Output.Codes) output, product, at(op.name()));
  }

  /** Whether ReLU is fused: no code stands for a negative number (8). */
  private static boolean isClamped(Output output) {
    return output instanceof Output.Codes codes && codes.lo() == codes.params().zeroPoint();
  }

  private void clamp(String op, Output.Codes output, String x, String y) {
    if (output.hi() == output.params().qmax()) {
      graph.node("Relu", op, List.of(x), y, List.of());
      return;
    }
    float most = output.params().dequantize(output.hi());
    String low = graph.constant(op + "/low", Tensors.floats(new float[] {0}));
    String high = graph.constant(op + "/high", Tensors.floats(new float[] {most}));
    graph.node("Clip", op, List.of(x, low, high), y, List.of());
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
    String read = at(o.input());
    String x = sequence ? graph.transpose(o.name(), read, EXCHANGED) : read;
    String weights = graph.constant(o.name() + "/weights", Tensors.floats(columns, in, out));
    String bias = bias(o.name(), model.value(o.input()), w, o.bias());
    if (!sequence) {
      activated(o, o.output(), "Gemm", List.of(x, weights, bias), List.of());
      return null;
    }
    String product = graph.node("MatMul", o.name(), List.of(x, weights), List.of());
    String sum = graph.node("Add", o.name(), List.of(product, bias), List.of());
    if (isClamped(o.output())) {
      String clamped = graph.name(o.name() + "/clamped");
      clamp(o.name(), (Output.Codes) o.output(), sum, clamped);
      sum = clamped;
    }
    graph.transpose(o.name(), sum, EXCHANGED, at(o.name()));
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
        at(op.inputs()),
        at(op.name()),
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
        at(op.inputs()),
        at(op.name()),
        List.of(GraphBuilder.integers("axes", places(op)), drop()));
    return null;
  }

  /** Dimensions of time or of an image. */
  private long[] places(Op op) {
    return rank(op.inputs().get(0)) == 3 ? new long[] {2, 3} : new long[] {2};
  }

  @Override
  public Void visit(Op.Concat o) {
    List<AttributeProto> along = List.of(GraphBuilder.integer("axis", 1));
    graph.node("Concat", o.name(), at(o.inputs()), at(o.name()), along);
    return null;
  }

  @Override
  public Void visit(Op.Add o) {
    graph.node("Sum", o.name(), at(o.inputs()), at(o.name()), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Flatten o) {
    String byStep = graph.transpose(o.name(), at(o.input()), channelsLast(rank(o.input())));
    graph.node("Flatten", o.name(), List.of(byStep), at(o.name()), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Lookup o) {
    QuantParams in = model.value(o.input()).params();
    if (FloatFunctions.isGeluErf(o.table(), in, o.output())) {
      FloatFunctions.addGeluErf(graph, o.name(), at(o.input()), at(o.name()));
      return null;
    }
    Activation f = FloatFunctions.of(o.table(), in, o.output());
    int sign = f == null ? sign(o, in) : 0;
    if (sign != 0) { // codes mean something else now, or run the other way
      float factor = sign * o.output().scale() / in.scale();
      String by = graph.constant(o.name() + "/factor", Tensors.floats(new float[] {factor}));
      graph.node("Mul", o.name(), List.of(at(o.input()), by), at(o.name()), List.of());
      return null;
    }
    if (f == null) {
      throw unknown(o);
    }
    FloatFunctions.add(graph, o.name(), f, at(o.input()), at(o.name()));
    return null;
  }

  /** 1 where codes stay as they are, −1 where they are those of −x, 0 elsewhere. */
  private static int sign(Op.Lookup o, QuantParams in) {
    int[] codes = IntStream.rangeClosed(in.qmin(), in.qmax()).toArray();
    Negation negation = new Negation(in);
    if (Arrays.equals(codes, o.table().toArray())) {
      return in.zeroPoint() == o.output().zeroPoint() ? 1 : 0;
    }
    return negation.table().equals(o.table())
            && negation.output().zeroPoint() == o.output().zeroPoint()
        ? -1
        : 0;
  }

  @Override
  public Void visit(Op.Softmax o) {
    List<AttributeProto> over = List.of(GraphBuilder.integer("axis", 1));
    graph.node("Softmax", o.name(), at(o.inputs()), at(o.name()), over);
    return null;
  }

  @Override
  public Void visit(Op.RealFunction o) {
    FloatFunctions.add(graph, o, at(o.input()), at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Recurrent o) {
    boolean lstm = o.cell() instanceof Cell.Lstm;
    Activation state = FloatFunctions.ofGate(o.cell());
    Activation gate =
        lstm
            ? FloatFunctions.ofGate(((Cell.Lstm) o.cell()).gate(), Cell.ARGUMENT, Cell.VALUE)
            : state;
    String f = gate == null ? null : FloatFunctions.inRecurrence(gate);
    String g = state == null ? null : FloatFunctions.inRecurrence(state);
    if (f == null || g == null) {
      throw unknown(o);
    }
    Value in = model.value(o.input());
    float[] bias = new float[o.bias().size()];
    for (int c = 0; c < bias.length; c++) {
      bias[c] = Requantize.toReal(o.bias().get(c), in.params().scale(), o.weights().scale(c));
    }
    sequences.recurrent(
        o,
        at(o.input()),
        gates(reals(o.weights()), lstm),
        gates(reals(o.recurrent()), lstm),
        gates(bias, lstm),
        o.cell().peepholes() == null ? null : peepholes(reals(o.cell().peepholes())),
        lstm ? List.of(f, g, g) : List.of(g),
        at(o.name()));
    return null;
  }

  /** Gates c, f, o, i in the order of ONNX: i, o, f, c. */
  private static float[] gates(float[] rows, boolean lstm) {
    if (!lstm) {
      return rows;
    }
    int n = rows.length / 4;
    float[] ordered = new float[rows.length];
    for (int g = 0; g < 4; g++) {
      System.arraycopy(rows, (3 - g) * n, ordered, g * n, n);
    }
    return ordered;
  }

  /** Those of f, o and i in the order of ONNX: i, o, f. */
  private static float[] peepholes(float[] rows) {
    int n = rows.length / 3;
    float[] ordered = new float[rows.length];
    for (int g = 0; g < 3; g++) {
      System.arraycopy(rows, (2 - g) * n, ordered, g * n, n);
    }
    return ordered;
  }

  @Override
  public Void visit(Op.LastStep o) {
    sequences.lastStep(o, at(o.input()), model.value(o.input()).shape().get(0), at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.NotZero o) {
    List<String> masks = new ArrayList<>();
    for (String input : o.inputs()) {
      boolean channelsLast = model.inputs().stream().anyMatch(i -> i.name().equals(input));
      masks.add(sequences.notZero(o.name(), at(input), channelsLast ? 2 : 1));
    }
    graph.node("Max", o.name(), masks, o.name(), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Attention o) {
    int steps = model.value(o.input()).shape().get(0);
    sequences.attention(o, at(o.input()), channels(o.name()), steps, at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.LayerNorm o) {
    sequences.layerNorm(o, at(o.input()), rank(o.input()) == 2, at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Masked o) {
    float fill = o.zero() ? 0 : model.value(o.input()).params().minValue();
    sequences.masked(o, at(o.input()), fill, at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.MaskedMean o) {
    sequences.mean(o, at(o.input()), at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.RealSum o) {
    graph.node("Sum", o.name(), at(o.inputs()), at(o.name()), List.of());
    return null;
  }

  @Override
  public Void visit(Op.Conv2d o) {
    QuantizedTensor w = o.weights();
    int taps = w.dim(1) * w.dim(2);
    int depth = w.dim(3);
    float[] byPixel = reals(w); // [out, height, width, in]
    float[] rows = new float[byPixel.length]; // [out, in, height, width]
    for (int i = 0; i < rows.length; i++) {
      int out = i / (taps * depth);
      rows[(out * depth + i % depth) * taps + i / depth % taps] = byPixel[i];
    }
    String weights =
        graph.constant(
            o.name() + "/weights", Tensors.floats(rows, w.dim(0), depth, w.dim(1), w.dim(2)));
    String bias = bias(o.name(), model.value(o.input()), w, o.bias());
    List<AttributeProto> window = new ArrayList<>(window(o.window()));
    window.add(GraphBuilder.integers("dilations", o.window().dilationH(), o.window().dilationW()));
    window.add(GraphBuilder.integer("group", o.groups()));
    activated(o, o.output(), "Conv", List.of(at(o.input()), weights, bias), window);
    return null;
  }

  private static List<AttributeProto> window(Window2d w) {
    return List.of(
        GraphBuilder.integers("kernel_shape", w.kernelH(), w.kernelW()),
        GraphBuilder.integers("strides", w.strideH(), w.strideW()),
        GraphBuilder.integers("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
  }

  @Override
  public Void visit(Op.MaxPool2d o) {
    graph.node("MaxPool", o.name(), List.of(at(o.input())), at(o.name()), window(o.window()));
    return null;
  }

  @Override
  public Void visit(Op.AvgPool2d o) {
    List<AttributeProto> window = new ArrayList<>(window(o.window()));
    window.add(GraphBuilder.integer("count_include_pad", o.inside() ? 0 : 1));
    graph.node("AveragePool", o.name(), List.of(at(o.input())), at(o.name()), window);
    return null;
  }

  @Override
  public Void visit(Op.GlobalSumPool o) {
    String axes = graph.constant(o.name() + "/axes", Tensors.longs(places(o)));
    List<String> inputs = List.of(at(o.input()), axes);
    graph.node("ReduceSum", o.name(), inputs, at(o.name()), List.of(drop()));
    return null;
  }

  /** Places along a dimension; the 0 of padding is put behind the last place first. */
  @Override
  public Void visit(Op.Select o) {
    String op = o.name();
    int rank = rank(o.input());
    int axis = o.axis() == rank - 1 ? 1 : o.axis() + 2;
    int size = model.value(o.input()).shape().get(o.axis());
    long[] behind = new long[2 * (rank + 1)];
    behind[rank + 1 + axis] = 1;
    String amounts = graph.constant(op + "/pads", Tensors.longs(behind));
    String padded = graph.node("Pad", op, List.of(at(o.input()), amounts), List.of());
    long[] places = IntStream.of(o.places().toArray()).mapToLong(p -> p < 0 ? size : p).toArray();
    String indices = graph.constant(op + "/places", Tensors.longs(places));
    List<AttributeProto> along = List.of(GraphBuilder.integer("axis", axis));
    graph.node("Gather", op, List.of(padded, indices), at(op), along);
    return null;
  }

  @Override
  public Void visit(Op.Transpose o) {
    int rank = rank(o.input());
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      int from = o.order().get((i + rank - 1) % rank); // of both, the channels lie last
      order[i] = (from + 1) % rank;
    }
    graph.transpose(o.name(), at(o.input()), order, at(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Reshape o) {
    String op = o.name();
    int from = rank(o.input());
    String last =
        from == 1 ? at(o.input()) : graph.transpose(op, at(o.input()), channelsLast(from));
    int rank = rank(op);
    long[] shape = new long[rank + 1]; // 0: the batch as it is
    for (int i = 0; i < rank; i++) {
      shape[i + 1] = o.shape().get(i);
    }
    List<String> inputs = List.of(last, graph.constant(op + "/shape", Tensors.longs(shape)));
    if (rank == 1) {
      graph.node("Reshape", op, inputs, at(op), List.of());
    } else {
      graph.transpose(
          op, graph.node("Reshape", op, inputs, List.of()), channelsFirst(rank), at(op));
    }
    return null;
  }

  @Override
  public Void visit(Op.Elementwise o) {
    String operator =
        switch (o.function()) {
          case DIFFERENCE -> "Sub";
          case PRODUCT -> "Mul";
          case MEAN -> "Mean";
          case MAX -> "Max";
        };
    graph.node(operator, o.name(), at(o.inputs()), at(o.name()), List.of());
    return null;
  }

  private static QatException unknown(Op op) {
    return new QatException(
        "operation \""
            + op.name()
            + "\": its table stands for a function that has no form in float here");
  }
}
