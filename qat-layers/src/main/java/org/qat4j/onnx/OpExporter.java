package org.qat4j.onnx;

import static org.qat4j.onnx.GraphBuilder.integer;
import static org.qat4j.onnx.GraphBuilder.integers;
import static org.qat4j.onnx.WeightWriter.OFFSET;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;
import org.qat4j.onnx.CodeTensors.Codes;

/**
 * Writes each operation as nodes. Codes are {@link CodeTensors}; real values keep the model's
 * layout, [batch, channels] or [batch, steps, channels]. Each method returns nothing.
 */
final class OpExporter implements Op.Visitor<Void> {
  private static final List<AttributeProto> NONE = List.of();
  private static final AttributeProto CHANNELS = integer("axis", 1);

  private final IntegerModel model;
  private final GraphBuilder graph;
  private final WeightWriter weights;
  private final CodeTensors codes;

  OpExporter(IntegerModel model, GraphBuilder graph, WeightWriter weights, CodeTensors codes) {
    this.model = model;
    this.graph = graph;
    this.weights = weights;
    this.codes = codes;
  }

  @Override
  public Void visit(Op.Quantize o) {
    boolean sequence = model.value(o.input()).shape().size() == 2;
    String x = sequence ? graph.transpose(o.name(), o.input()) : o.input();
    codes.quantize(o.name(), x, o.params(), codes.define(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Embedding o) {
    QuantizedTensor t = o.table();
    String table = weights.table(o.name(), t.codes(), t.bits(), t.dim(0), t.dim(1));
    String rows = graph.node("Gather", o.name(), List.of(table, o.input()), NONE);
    graph.document(t + " table, rows gathered as codes (11)");
    graph.transpose(o.name(), rows, codes.define(o.name()).tensor());
    return null;
  }

  @Override
  public Void visit(Op.EmbeddingBag o) {
    QuantizedTensor t = o.table();
    String op = o.name();
    byte[] rows = t.codes().clone();
    Arrays.fill(rows, 0, t.dim(1), (byte) 0); // padding adds nothing
    String table = weights.table(op, rows, t.bits(), t.dim(0), t.dim(1));
    String gathered = graph.node("Gather", op, List.of(table, o.input()), NONE);
    graph.document(t + " table; the row of padding is 0, so that it adds nothing (10)");
    String axis = graph.constant(op + "/axis", Tensors.longs(1));
    List<String> summands = List.of(cast(op, gathered, DataType.INT32), axis);
    String sum = graph.node("ReduceSum", op, summands, List.of(integer("keepdims", 0)));
    int steps = model.value(o.input()).size();
    String real = real(op, subtract(op, sum, OFFSET * steps), t.scale(0));
    String result = o.mean() ? divideByTokens(op, real, o.input(), axis) : real;
    codes.quantize(op, result, o.output(), codes.define(op));
    return null;
  }

  /** A text without any token has the sum 0, which 1 divides as well as any number. */
  private String divideByTokens(String op, String sum, String ids, String axis) {
    String padding = graph.constant(op + "/padding", Tensors.ints(new int[] {0}));
    String isPadding = graph.node("Equal", op, List.of(ids, padding), NONE);
    String isToken = graph.node("Not", op, List.of(isPadding), NONE);
    List<String> tokens = List.of(cast(op, isToken, DataType.FLOAT), axis);
    String count = graph.node("ReduceSum", op, tokens, NONE);
    String one = graph.constant(op + "/one", Tensors.floats(new float[] {1}));
    String divisor = graph.node("Max", op, List.of(count, one), NONE);
    return graph.node("Div", op, List.of(sum, divisor), NONE);
  }

  @Override
  public Void visit(Op.Conv1d o) {
    QuantizedTensor w = o.weights();
    List<AttributeProto> window =
        List.of(
            integers("kernel_shape", w.dim(1)),
            integers("strides", o.stride()),
            integers("dilations", o.dilation()),
            integers("pads", o.padLeft(), o.padRight()));
    if (o.output() instanceof Output.Codes out) {
      convolve(o.name(), o.input(), w, o.bias(), out, window);
    } else {
      accumulate(o, window);
    }
    return null;
  }

  /** A product at every step that ends in codes: a QLinearConv. */
  private void convolve(
      String op,
      String input,
      QuantizedTensor w,
      IntVector bias,
      Output.Codes out,
      List<AttributeProto> window) {
    List<String> inputs =
        List.of(
            codes.dequantize(op, codes.get(input)),
            dequantize(op, convWeights(op, w)),
            dequantize(op, weights.bias(op, bias, codes.scale(input), w)));
    String y = graph.node("Conv", op, inputs, window);
    describe(w);
    codes.quantize(op, y, out.lo(), out.hi(), codes.define(op));
  }

  private List<String> convWeights(String op, QuantizedTensor w) {
    return weights.weights(op, w, channelsFirst(w), convDims(w));
  }

  /** [out, in, kernel]; a dense layer is a kernel over one step. */
  private static long[] convDims(QuantizedTensor w) {
    return new long[] {w.dim(0), w.dim(w.rank() - 1), w.rank() == 3 ? w.dim(1) : 1};
  }

  /** From [out, kernel, in] to [out, in, kernel]. */
  private static byte[] channelsFirst(QuantizedTensor w) {
    int depth = w.dim(w.rank() - 1);
    int kernel = w.rank() == 3 ? w.dim(1) : 1;
    byte[] moved = new byte[w.codes().length];
    for (int i = 0; i < moved.length; i++) {
      int channel = i / (kernel * depth);
      int tap = i / depth % kernel;
      moved[(channel * depth + i % depth) * kernel + tap] = w.codes()[i];
    }
    return moved;
  }

  private String dequantize(String op, List<String> tensorScaleZeroPoint) {
    List<AttributeProto> perChannel = List.of(integer("axis", 0));
    return graph.node("DequantizeLinear", op, tensorScaleZeroPoint, perChannel);
  }

  private void describe(QuantizedTensor w) {
    String scales = w.scaleCount() == 1 ? "one scale" : "one scale per output channel";
    graph.document(w + " weights, " + scales + "; integer accumulators (6)");
  }

  /**
   * A convolution that ends in real values (12). ONNX Runtime would compute Conv in float, so the
   * accumulators are made explicitly.
   */
  private void accumulate(Op.Conv1d o, List<AttributeProto> window) {
    String op = o.name();
    QuantizedTensor w = o.weights();
    Codes x = codes.get(o.input());
    List<String> u8 = weights.unsignedWeights(op, w, channelsFirst(w), convDims(w));
    List<String> inputs = List.of(x.tensor(), u8.get(0), x.zeroPoint(), u8.get(1));
    String products = graph.transpose(op, graph.node("ConvInteger", op, inputs, window));
    String bias = weights.biasCodes(op, o.bias());
    String acc = graph.node("Add", op, List.of(products, bias), NONE);
    String scale = weights.accumulatorScale(op, codes.scale(o.input()), w);
    graph.node("Mul", op, List.of(cast(op, acc, DataType.FLOAT), scale), op, NONE);
    describe(w);
  }

  @Override
  public Void visit(Op.Dense o) {
    boolean sequence = model.value(o.input()).shape().size() == 2;
    if (o.output() instanceof Output.Codes out) {
      if (sequence) {
        List<AttributeProto> window = List.of(integers("kernel_shape", 1));
        convolve(o.name(), o.input(), o.weights(), o.bias(), out, window);
      } else {
        String y = gemm(o, codes.get(o.input()), graph.name(o.name() + "/gemm"));
        codes.quantize(o.name(), y, out.lo(), out.hi(), codes.define(o.name()));
      }
    } else if (sequence) {
      gemmPerStep(o);
    } else {
      gemm(o, codes.get(o.input()), o.name());
    }
    return null;
  }

  /** A product with vectors: a QGemm, with or without requantization. */
  private String gemm(Op.Dense o, Codes x, String output) {
    String op = o.name();
    QuantizedTensor w = o.weights();
    List<String> matrix = weights.weights(op, w, w.codes(), w.dim(0), w.dim(1));
    List<String> inputs =
        List.of(
            codes.dequantize(op, x),
            dequantize(op, matrix),
            dequantize(op, weights.bias(op, o.bias(), codes.scale(o.input()), w)));
    graph.node("Gemm", op, inputs, output, List.of(integer("transB", 1)));
    describe(w);
    return output;
  }

  /** Logits at every step: the steps of the whole batch are the rows of one product. */
  private void gemmPerStep(Op.Dense o) {
    Value in = model.value(o.input());
    Codes x = codes.get(o.input());
    String steps = graph.transpose(o.name(), x.tensor());
    String rows = graph.name(o.name() + "/rows");
    reshape(o.name(), steps, rows, -1, in.shape().get(1));
    String y = gemm(o, x.in(rows), graph.name(o.name() + "/gemm"));
    reshape(o.name(), y, o.name(), -1, in.shape().get(0), o.weights().dim(0));
  }

  @Override
  public Void visit(Op.MaxPool1d o) {
    List<AttributeProto> window =
        List.of(integers("kernel_shape", o.kernel()), integers("strides", o.stride()));
    String y = codes.define(o.name(), o.input()).tensor();
    graph.node("MaxPool", o.name(), List.of(codes.get(o.input()).tensor()), y, window);
    graph.document("maximum of codes (9)");
    return null;
  }

  /** ReduceMax of bytes takes a third of the time of a MaxPool over all steps. */
  @Override
  public Void visit(Op.GlobalMaxPool o) {
    String steps = graph.constant(o.name() + "/axis", Tensors.longs(2));
    List<String> inputs = List.of(codes.get(o.input()).tensor(), steps);
    String y = codes.define(o.name(), o.input()).tensor();
    graph.node("ReduceMax", o.name(), inputs, y, List.of(integer("keepdims", 0)));
    graph.document("maximum of codes (9)");
    return null;
  }

  @Override
  public Void visit(Op.AvgPool1d o) {
    Codes y = codes.define(o.name());
    averagePool(o.name(), o.input(), o.kernel(), o.stride(), o.output(), y);
    return null;
  }

  @Override
  public Void visit(Op.GlobalAvgPool o) {
    int steps = model.value(o.input()).shape().get(0);
    Codes y = codes.define(o.name());
    Codes pooled = y.in(graph.name(o.name() + "/averagepool"));
    averagePool(o.name(), o.input(), steps, 1, o.output(), pooled);
    return flatten(o.name(), pooled.tensor(), y);
  }

  /** Equation (10): a depthwise convolution with q_w = 1 and s_w = 1/n. */
  private void averagePool(
      String op, String input, int kernel, int stride, QuantParams params, Codes y) {
    int channels = model.value(input).shape().get(1);
    byte[] ones = new byte[channels * kernel];
    Arrays.fill(ones, (byte) 1);
    int[] shape = {channels, kernel, 1};
    QuantizedTensor w = new QuantizedTensor(ones, shape, 8, new float[] {1f / kernel}, 0);
    List<String> inputs =
        List.of(codes.dequantize(op, codes.get(input)), dequantize(op, convWeights(op, w)));
    List<AttributeProto> window =
        List.of(
            integers("kernel_shape", kernel),
            integers("strides", stride),
            integer("group", channels));
    String mean = graph.node("Conv", op, inputs, window);
    graph.document("mean of " + kernel + " steps: weights 1, scale 1/" + kernel + " (10)");
    codes.quantize(op, mean, params, y);
  }

  @Override
  public Void visit(Op.Concat o) {
    List<String> parts = new ArrayList<>();
    Codes y = codes.define(o.name());
    for (String input : o.inputs()) {
      if (model.value(input).params().equals(o.output())) {
        parts.add(codes.get(input).tensor());
      } else {
        String real = codes.dequantize(o.name(), codes.get(input));
        Codes part = y.in(graph.name(o.name() + "/part"));
        codes.quantize(o.name(), real, o.output(), part);
        parts.add(part.tensor());
      }
    }
    graph.node("Concat", o.name(), parts, y.tensor(), List.of(CHANNELS));
    return null;
  }

  @Override
  public Void visit(Op.Add o) {
    String op = o.name();
    String sum = null;
    for (String input : o.inputs()) {
      String x = cast(op, codes.get(input).tensor(), DataType.INT32);
      sum = sum == null ? x : graph.node("Add", op, List.of(sum, x), NONE);
    }
    QuantParams in = model.value(o.inputs().get(0)).params();
    String acc = subtract(op, sum, o.inputs().size() * (in.zeroPoint() + OFFSET));
    codes.quantize(op, real(op, acc, in.scale()), o.output(), codes.define(op));
    return null;
  }

  @Override
  public Void visit(Op.Flatten o) {
    String steps = graph.transpose(o.name(), codes.get(o.input()).tensor());
    return flatten(o.name(), steps, codes.define(o.name(), o.input()));
  }

  /**
   * A byte of the input is the index, whatever the range of its codes: the table has 256 entries.
   */
  @Override
  public Void visit(Op.Lookup o) {
    QuantParams in = model.value(o.input()).params();
    byte[] table = new byte[2 * OFFSET];
    for (int q = in.qmin(); q <= in.qmax(); q++) {
      table[q + OFFSET] = (byte) (o.table().get(q - in.qmin()) + OFFSET);
    }
    String op = o.name();
    String entries =
        graph.constant(op + "/table", Tensors.bytes(DataType.UINT8, table, table.length));
    String index = cast(op, codes.get(o.input()).tensor(), DataType.INT32);
    graph.node("Gather", op, List.of(entries, index), codes.define(op).tensor(), NONE);
    graph.document("a function of one code, tabulated (8)");
    return null;
  }

  @Override
  public Void visit(Op.Softmax o) {
    List<AttributeProto> last = List.of(integer("axis", -1));
    graph.node("Softmax", o.name(), List.of(o.input()), o.name(), last);
    return null;
  }

  @Override
  public Void visit(Op.Recurrent o) {
    new RecurrentExporter(graph, weights, codes, o).export();
    return null;
  }

  @Override
  public Void visit(Op.LastStep o) {
    String op = o.name();
    Codes y = codes.define(op, o.input());
    String x = codes.get(o.input()).tensor();
    if (o.mask() == null) {
      int last = model.value(o.input()).shape().get(0) - 1;
      String index = graph.constant(op + "/step", Tensors.ints(new int[] {last}));
      graph.node("Gather", op, List.of(x, index), y.tensor(), List.of(integer("axis", 2)));
      return null;
    }
    String zero = graph.constant(op + "/padding", Tensors.ints(new int[] {0}));
    String padding = graph.node("Equal", op, List.of(o.mask(), zero), NONE);
    String counts = cast(op, graph.node("Not", op, List.of(padding), NONE), DataType.INT32);
    List<AttributeProto> last = List.of(CHANNELS, integer("select_last_index", 1));
    String index = graph.node("ArgMax", op, List.of(counts), last);
    List<String> gathered = List.of(graph.transpose(op, x), index);
    graph.node("GatherND", op, gathered, y.tensor(), List.of(integer("batch_dims", 1)));
    return null;
  }

  @Override
  public Void visit(Op.NotZero o) {
    String op = o.name();
    Value in = model.value(o.input());
    String x = in.isReal() ? o.input() : cast(op, codes.get(o.input()).tensor(), DataType.INT32);
    String zero =
        graph.constant(
            op + "/zero",
            in.isReal()
                ? Tensors.floats(new float[] {0})
                : Tensors.ints(new int[] {in.params().zeroPoint() + OFFSET}));
    String isZero = graph.node("Equal", op, List.of(x, zero), NONE);
    String other = cast(op, graph.node("Not", op, List.of(isZero), NONE), DataType.INT32);
    String axis = graph.constant(op + "/axis", Tensors.longs(in.isReal() ? 2 : 1));
    graph.node("ReduceMax", op, List.of(other, axis), op, List.of(integer("keepdims", 0)));
    return null;
  }

  /** With DequantizeLinear it would be fused to QLinearAdd, which rounds otherwise. */
  @Override
  public Void visit(Op.RealSum o) {
    Nodes n = new Nodes(graph, o.name());
    String sum = null;
    for (String input : o.inputs()) {
      QuantParams in = model.value(input).params();
      String x = cast(o.name(), codes.get(input).tensor(), DataType.INT32);
      String r = real(o.name(), subtract(o.name(), x, in.zeroPoint() + OFFSET), in.scale());
      sum = sum == null ? r : n.node("Add", sum, r);
    }
    codes.quantize(o.name(), sum, o.output(), codes.define(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Masked o) {
    Nodes n = new Nodes(graph, o.name());
    String counts = n.node("Unsqueeze", n.counts(o.mask()), n.longs(1));
    String fill =
        graph.constant(
            o.name() + "/fill", Tensors.uint8(model.value(o.name()).params().qmin() + OFFSET));
    Codes y = codes.define(o.name(), o.input());
    List<String> inputs = List.of(counts, codes.get(o.input()).tensor(), fill);
    graph.node("Where", o.name(), inputs, y.tensor(), NONE);
    return null;
  }

  @Override
  public Void visit(Op.MaskedMean o) {
    Nodes n = new Nodes(graph, o.name());
    QuantParams in = model.value(o.input()).params();
    String counts = n.node("Unsqueeze", n.counts(o.mask()), n.longs(1));
    String x = cast(o.name(), codes.get(o.input()).tensor(), DataType.INT32);
    String distances = subtract(o.name(), x, in.zeroPoint() + OFFSET);
    String seen = n.node("Where", counts, distances, n.ints(0));
    List<AttributeProto> drop = List.of(integer("keepdims", 0));
    String last = n.longs(2);
    String sum = graph.node("ReduceSum", o.name(), List.of(seen, last), drop);
    String ones = n.cast(counts, DataType.FLOAT);
    String count = graph.node("ReduceSum", o.name(), List.of(ones, last), drop);
    String divisor = n.node("Max", count, n.floats(1));
    String mean = n.node("Div", real(o.name(), sum, in.scale()), divisor);
    codes.quantize(o.name(), mean, o.output(), codes.define(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Attention o) {
    new AttentionExporter(model, graph, codes).attention(o);
    return null;
  }

  @Override
  public Void visit(Op.LayerNorm o) {
    new AttentionExporter(model, graph, codes).layerNorm(o);
    return null;
  }

  // Pieces.

  private String subtract(String op, String x, int amount) {
    String constant = graph.constant(op + "/zero_points", Tensors.ints(new int[] {amount}));
    return graph.node("Sub", op, List.of(x, constant), NONE);
  }

  /** Equation (10): (float) acc·s. */
  private String real(String op, String acc, float scale) {
    String constant = graph.constant(op + "/sum/scale", Tensors.floats(new float[] {scale}));
    List<String> factors = List.of(cast(op, acc, DataType.FLOAT), constant);
    return graph.node("Mul", op, factors, NONE);
  }

  private String cast(String op, String x, DataType type) {
    return graph.node("Cast", op, List.of(x), List.of(integer("to", type.getNumber())));
  }

  private Void flatten(String op, String x, Codes y) {
    graph.node("Flatten", op, List.of(x), y.tensor(), List.of(CHANNELS));
    return null;
  }

  private void reshape(String op, String x, String output, long... shape) {
    String constant = graph.constant(op + "/shape", Tensors.longs(shape));
    graph.node("Reshape", op, List.of(x, constant), output, NONE);
  }
}
