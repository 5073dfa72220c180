package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.integer;
import static org.qat4j.onnx.internal.GraphBuilder.integers;
import static org.qat4j.onnx.internal.WeightWriter.OFFSET;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.onnx.internal.CodeTensors.Codes;

/**
 * Writes each operation as nodes. Codes are {@link CodeTensors}; real values keep the model's
 * layout, [batch, channels], [batch, steps, channels] or [batch, height, width, channels]. Each
 * method returns nothing.
 */
public final class OpExporter implements Op.Visitor<Void> {
  private static final List<AttributeProto> NONE = List.of();
  private static final AttributeProto CHANNELS = integer("axis", 1);

  private final IntegerModel model;
  private final GraphBuilder graph;
  private final WeightWriter weights;
  private final CodeTensors codes;
  private final WideExporter wide;

  public OpExporter(
      IntegerModel model, GraphBuilder graph, WeightWriter weights, CodeTensors codes) {
    this.model = model;
    this.graph = graph;
    this.weights = weights;
    this.codes = codes;
    this.wide = new WideExporter(model, graph, weights, codes);
  }

  @Override
  public Void visit(Op.Quantize o) {
    int rank = rank(o.input());
    int[] first = CodeTensors.channelsFirst(rank);
    String x = rank > 1 ? graph.transpose(o.name(), o.input(), first) : o.input();
    codes.quantize(o.name(), x, o.params(), codes.define(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Embedding o) {
    QuantizedTensor t = o.table();
    String table = weights.table(o.name(), t.codes(), t.codeBits(), t.dim(0), t.dim(1));
    String rows = graph.node("Gather", o.name(), List.of(table, o.input()), NONE);
    graph.document(t + " table, rows gathered as codes (11)");
    graph.transpose(o.name(), rows, CodeTensors.channelsFirst(2), codes.define(o.name()).tensor());
    return null;
  }

  @Override
  public Void visit(Op.EmbeddingBag o) {
    QuantizedTensor t = o.table();
    String op = o.name();
    byte[] rows = t.codes().clone();
    Arrays.fill(rows, 0, t.dim(1), (byte) 0); // padding adds nothing
    String table = weights.table(op, rows, t.codeBits(), t.dim(0), t.dim(1));
    String gathered = graph.node("Gather", op, List.of(table, o.input()), NONE);
    graph.document(t + " table; the row of padding is 0, so that it adds nothing (10)");
    String axis = graph.constant(op + "/axis", Tensors.longs(1));
    List<String> summands = List.of(cast(op, gathered, DataType.INT32), axis);
    String sum = graph.node("ReduceSum", op, summands, List.of(integer("keepdims", 0)));
    String real = real(op, withoutOffsets(o, sum), t.scale(0));
    String result = o.mean() ? divideByTokens(op, real, o.input(), axis) : real;
    codes.quantize(op, result, o.output(), codes.define(op));
    return null;
  }

  /** Each step of the text adds the offset of its row. */
  private String withoutOffsets(Op.EmbeddingBag o, String sum) {
    if (!codes.varies(o.input())) {
      return subtract(o.name(), sum, OFFSET * model.value(o.input()).size());
    }
    Nodes n = new Nodes(graph, o.name());
    String steps =
        graph.node(
            "Shape", o.name(), List.of(o.input()), List.of(integer("start", 1), integer("end", 2)));
    String offsets = n.node("Mul", n.cast(steps, DataType.INT32), n.ints(OFFSET));
    return n.node("Sub", sum, offsets);
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
    if (isWide(o.input()) || isWide(o.name())) {
      return wide.product(o.name(), o.input(), w, o.bias(), o.output(), window(o));
    }
    return convolve(o.name(), o.input(), w, o.bias(), o.output(), window(o));
  }

  private static List<AttributeProto> window(Op.Conv1d o) {
    return List.of(
        integers("kernel_shape", o.weights().dim(1)),
        integers("strides", o.stride()),
        integers("dilations", o.dilation()),
        integers("pads", o.padLeft(), o.padRight()));
  }

  /** Whether a value has codes of more than 8 bits. */
  private boolean isWide(String value) {
    QuantParams params = model.value(value).params();
    return params != null && CodeTensors.isWide(params);
  }

  private Void convolve(
      String op,
      String input,
      QuantizedTensor w,
      IntVector bias,
      Output output,
      List<AttributeProto> window) {
    if (output instanceof Output.Codes out) {
      convolve(op, input, w, bias, out, window);
    } else {
      accumulate(op, input, w, bias, window);
    }
    return null;
  }

  /** A product at every step that ends in codes: a QLinearConv. */
  private void convolve(
      String op,
      String input,
      QuantizedTensor own,
      IntVector bias,
      Output.Codes out,
      List<AttributeProto> window) {
    QuantizedTensor w = out.scaled(own);
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

  /** [out, in, kernel…]; a dense layer is a kernel over one step. */
  static long[] convDims(QuantizedTensor w) {
    long[] dims = new long[Math.max(3, w.rank())];
    dims[0] = w.dim(0);
    dims[1] = w.dim(w.rank() - 1);
    for (int i = 2; i < dims.length; i++) {
      dims[i] = w.rank() > 2 ? w.dim(i - 1) : 1;
    }
    return dims;
  }

  /** From [out, kernel…, in] to [out, in, kernel…]. */
  static byte[] channelsFirst(QuantizedTensor w) {
    int depth = w.dim(w.rank() - 1);
    int kernel = w.codes().length / w.dim(0) / depth;
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
  private void accumulate(
      String op, String input, QuantizedTensor w, IntVector biases, List<AttributeProto> window) {
    Codes x = codes.get(input);
    List<String> u8 = weights.unsignedWeights(op, w, channelsFirst(w), convDims(w));
    List<String> inputs = List.of(x.tensor(), u8.get(0), x.zeroPoint(), u8.get(1));
    String products = graph.node("ConvInteger", op, inputs, window);
    products = graph.transpose(op, products, CodeTensors.channelsLast(rank(op)));
    String bias = weights.biasCodes(op, biases);
    String acc = graph.node("Add", op, List.of(products, bias), NONE);
    String scale = weights.accumulatorScale(op, codes.scale(input), w);
    graph.node("Mul", op, List.of(cast(op, acc, DataType.FLOAT), scale), op, NONE);
    describe(w);
  }

  @Override
  public Void visit(Op.Dense o) {
    boolean sequence = model.value(o.input()).shape().size() == 2;
    if (isWide(o.input()) || isWide(o.name())) {
      List<AttributeProto> window = List.of(integers("kernel_shape", 1));
      return wide.product(o.name(), o.input(), o.weights(), o.bias(), o.output(), window);
    }
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
    QuantizedTensor w =
        o.output() instanceof Output.Codes out ? out.scaled(o.weights()) : o.weights();
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
    String steps = graph.transpose(o.name(), x.tensor(), CodeTensors.channelsLast(2));
    String rows = graph.name(o.name() + "/rows");
    reshape(o.name(), steps, rows, -1, in.shape().get(1));
    String y = gemm(o, x.in(rows), graph.name(o.name() + "/gemm"));
    int classes = o.weights().dim(0);
    if (codes.varies(o.input())) {
      String batchAndSteps =
          graph.node("Shape", o.name(), List.of(steps), List.of(integer("end", 2)));
      String last = graph.constant(o.name() + "/channels", Tensors.longs(classes));
      List<String> dims = List.of(batchAndSteps, last);
      String shape = graph.node("Concat", o.name(), dims, List.of(integer("axis", 0)));
      graph.node("Reshape", o.name(), List.of(y, shape), o.name(), NONE);
    } else {
      reshape(o.name(), y, o.name(), -1, in.shape().get(0), classes);
    }
  }

  @Override
  public Void visit(Op.MaxPool1d o) {
    List<AttributeProto> window =
        List.of(integers("kernel_shape", o.kernel()), integers("strides", o.stride()));
    return maxPool(o, window);
  }

  private Void maxPool(Op op, List<AttributeProto> window) {
    String input = op.inputs().get(0);
    String y = codes.define(op.name(), input).tensor();
    graph.node("MaxPool", op.name(), List.of(codes.get(input).tensor()), y, window);
    graph.document("maximum of codes (9)");
    return null;
  }

  /** A ReduceMax of bytes is faster in ONNX Runtime than a MaxPool over all steps. */
  @Override
  public Void visit(Op.GlobalMaxPool o) {
    String places = graph.constant(o.name() + "/axes", Tensors.longs(places(o.input())));
    List<String> inputs = List.of(codes.get(o.input()).tensor(), places);
    String y = codes.define(o.name(), o.input()).tensor();
    graph.node("ReduceMax", o.name(), inputs, y, List.of(integer("keepdims", 0)));
    graph.document("maximum of codes (9)");
    return null;
  }

  @Override
  public Void visit(Op.AvgPool1d o) {
    Codes y = codes.define(o.name());
    List<AttributeProto> stride = List.of(integers("strides", o.stride()));
    averagePool(o.name(), o.input(), stride, o.output(), y, o.kernel());
    return null;
  }

  @Override
  public Void visit(Op.GlobalAvgPool o) {
    if (isWide(o.input()) || isWide(o.name())) {
      return wide.average(o, places(o.input()));
    }
    Codes y = codes.define(o.name());
    Codes pooled = y.in(graph.name(o.name() + "/averagepool"));
    averagePool(o.name(), o.input(), NONE, o.output(), pooled, everywhere(o.input()));
    return flatten(o.name(), pooled.tensor(), y);
  }

  /** Equation (10): a depthwise convolution with q_w = 1 and s_w = 1/n. */
  private void averagePool(
      String op,
      String input,
      List<AttributeProto> places,
      QuantParams params,
      Codes y,
      long... kernel) {
    int channels = channels(input);
    int n = (int) LongStream.of(kernel).reduce(1, (a, b) -> a * b);
    byte[] ones = new byte[channels * n];
    Arrays.fill(ones, (byte) 1);
    int[] shape = new int[kernel.length + 2];
    shape[0] = channels;
    shape[shape.length - 1] = 1;
    for (int i = 0; i < kernel.length; i++) {
      shape[i + 1] = (int) kernel[i];
    }
    QuantizedTensor w = new QuantizedTensor(ones, shape, 8, new float[] {1f / n}, 0);
    List<String> inputs =
        List.of(codes.dequantize(op, codes.get(input)), dequantize(op, convWeights(op, w)));
    List<AttributeProto> window = new ArrayList<>(places);
    window.add(integers("kernel_shape", kernel));
    window.add(integer("group", channels));
    String mean = graph.node("Conv", op, inputs, window);
    graph.document("mean of " + n + " places: weights 1, scale 1/" + n + " (10)");
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
    int[] last = CodeTensors.channelsLast(rank(o.input()));
    String steps = graph.transpose(o.name(), codes.get(o.input()).tensor(), last);
    return flatten(o.name(), steps, codes.define(o.name(), o.input()));
  }

  /**
   * A byte of the input is the index, whatever the range of its codes: the table has 256 entries.
   */
  @Override
  public Void visit(Op.Lookup o) {
    if (isWide(o.input()) || isWide(o.name())) {
      return wide.lookup(o);
    }
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
  public Void visit(Op.RealFunction o) {
    FloatFunctions.add(graph, o, o.input(), o.name());
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
      int last = codes.varies(o.input()) ? -1 : model.value(o.input()).shape().get(0) - 1;
      String index = graph.constant(op + "/step", Tensors.ints(new int[] {last}));
      graph.node("Gather", op, List.of(x, index), y.tensor(), List.of(integer("axis", 2)));
      return null;
    }
    String zero = graph.constant(op + "/padding", Tensors.ints(new int[] {0}));
    String padding = graph.node("Equal", op, List.of(o.mask(), zero), NONE);
    String counts = cast(op, graph.node("Not", op, List.of(padding), NONE), DataType.INT32);
    List<AttributeProto> last = List.of(CHANNELS, integer("select_last_index", 1));
    String index = graph.node("ArgMax", op, List.of(counts), last);
    List<String> gathered = List.of(graph.transpose(op, x, CodeTensors.channelsLast(2)), index);
    graph.node("GatherND", op, gathered, y.tensor(), List.of(integer("batch_dims", 1)));
    return null;
  }

  @Override
  public Void visit(Op.NotZero o) {
    String op = o.name();
    if (o.inputs().size() == 1) {
      notZero(op, o.inputs().get(0), op);
      return null;
    }
    List<String> masks = new ArrayList<>();
    for (String input : o.inputs()) {
      masks.add(notZero(op, input, graph.name(op + "/any")));
    }
    graph.node("Max", op, masks, op, NONE);
    return null;
  }

  private String notZero(String op, String input, String output) {
    Value in = model.value(input);
    boolean wide = isWide(input);
    String x =
        in.isReal()
            ? input
            : wide
                ? codes.get(input).tensor()
                : cast(op, codes.get(input).tensor(), DataType.INT32);
    String zero =
        graph.constant(
            op + "/zero",
            in.isReal()
                ? Tensors.floats(new float[] {0})
                : Tensors.ints(new int[] {wide ? 0 : in.params().zeroPoint() + OFFSET}));
    String isZero = graph.node("Equal", op, List.of(x, zero), NONE);
    String other = cast(op, graph.node("Not", op, List.of(isZero), NONE), DataType.INT32);
    String axis = graph.constant(op + "/axis", Tensors.longs(in.isReal() ? 2 : 1));
    graph.node("ReduceMax", op, List.of(other, axis), output, List.of(integer("keepdims", 0)));
    return output;
  }

  /** With DequantizeLinear it would be fused to QLinearAdd, which rounds otherwise. */
  @Override
  public Void visit(Op.RealSum o) {
    Nodes n = new Nodes(graph, o.name());
    String sum = null;
    for (String input : o.inputs()) {
      String r = real(o, codes.distances(o.name(), input), model.value(input));
      sum = sum == null ? r : n.node("Add", sum, r);
    }
    codes.quantize(o.name(), sum, o.output(), codes.define(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.Masked o) {
    Nodes n = new Nodes(graph, o.name());
    String counts = n.node("Unsqueeze", n.counts(o.mask()), n.longs(1));
    QuantParams params = model.value(o.name()).params();
    int code = o.zero() ? params.zeroPoint() : params.qmin();
    String fill =
        isWide(o.name())
            ? n.ints(code - params.zeroPoint())
            : graph.constant(o.name() + "/fill", Tensors.uint8(code + OFFSET));
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
    String distances = codes.distances(o.name(), o.input());
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

  // Images.

  @Override
  public Void visit(Op.Conv2d o) {
    List<AttributeProto> window = new ArrayList<>(places(o.window()));
    window.add(integers("dilations", o.window().dilationH(), o.window().dilationW()));
    window.add(kernel(o.window()));
    window.add(integer("group", o.groups()));
    return convolve(o.name(), o.input(), o.weights(), o.bias(), o.output(), window);
  }

  private static AttributeProto kernel(Window2d w) {
    return integers("kernel_shape", w.kernelH(), w.kernelW());
  }

  private static List<AttributeProto> places(Window2d w) {
    return List.of(
        integers("strides", w.strideH(), w.strideW()),
        integers("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
  }

  @Override
  public Void visit(Op.MaxPool2d o) {
    List<AttributeProto> window = new ArrayList<>(places(o.window()));
    window.add(kernel(o.window()));
    return maxPool(o, window);
  }

  @Override
  public Void visit(Op.AvgPool2d o) {
    Window2d w = o.window();
    if (o.inside()) {
      return averageInside(o);
    }
    Codes y = codes.define(o.name());
    averagePool(o.name(), o.input(), places(w), o.output(), y, w.kernelH(), w.kernelW());
    return null;
  }

  /** Sums by a convolution of each channel with ones, each divided by the places it has. */
  private Void averageInside(Op.AvgPool2d o) {
    Window2d w = o.window();
    Nodes n = new Nodes(graph, o.name());
    int channels = channels(o.input());
    QuantParams in = model.value(o.input()).params();
    String x = n.cast(codes.distances(o.name(), o.input()), DataType.FLOAT);
    float[] ones = new float[channels * w.taps()];
    Arrays.fill(ones, 1);
    String weights =
        graph.constant(
            o.name() + "/ones", Tensors.floats(ones, channels, 1, w.kernelH(), w.kernelW()));
    List<AttributeProto> window = new ArrayList<>(places(w));
    window.add(kernel(w));
    window.add(integer("group", channels));
    // Whole numbers, which a cast keeps from being merged with the product behind.
    String whole =
        n.cast(graph.node("Conv", o.name(), List.of(x, weights), window), DataType.INT32);
    String sums = n.cast(whole, DataType.FLOAT);
    List<Integer> from = model.value(o.input()).shape();
    List<Integer> to = model.value(o.name()).shape();
    float[] counts = new float[to.get(0) * to.get(1)];
    for (int i = 0; i < counts.length; i++) {
      int inside = 0;
      for (int k = 0; k < w.taps(); k++) {
        int row = w.row(i / to.get(1), k / w.kernelW());
        int column = w.column(i % to.get(1), k % w.kernelW());
        boolean within = row >= 0 && row < from.get(0) && column >= 0 && column < from.get(1);
        inside += within ? 1 : 0;
      }
      counts[i] = Math.max(1, inside);
    }
    String divisors =
        graph.constant(o.name() + "/places", Tensors.floats(counts, 1, 1, to.get(0), to.get(1)));
    String means = n.node("Div", n.node("Mul", sums, n.floats(in.scale())), divisors);
    codes.quantize(o.name(), means, o.output(), codes.define(o.name()));
    return null;
  }

  @Override
  public Void visit(Op.GlobalSumPool o) {
    String op = o.name();
    String places = graph.constant(op + "/axes", Tensors.longs(places(o.input())));
    String x = cast(op, codes.get(o.input()).tensor(), DataType.INT32);
    QuantParams in = model.value(o.input()).params();
    boolean varies = codes.varies(o.input());
    String summands = varies ? subtract(op, x, in.zeroPoint() + OFFSET) : x;
    String sum =
        graph.node("ReduceSum", op, List.of(summands, places), List.of(integer("keepdims", 0)));
    int n = model.value(o.input()).size() / channels(o.input());
    String acc = varies ? sum : subtract(op, sum, n * (in.zeroPoint() + OFFSET));
    codes.quantize(op, real(op, acc, in.scale()), o.output(), codes.define(op));
    return null;
  }

  // Moving codes.

  /** Places along a dimension; the real 0 of padding is put behind the last place first. */
  @Override
  public Void visit(Op.Select o) {
    String op = o.name();
    int rank = rank(o.input());
    int axis = o.axis() == rank - 1 ? 1 : o.axis() + 2;
    int size = model.value(o.input()).shape().get(o.axis());
    Codes x = codes.get(o.input());
    String tensor = x.tensor();
    if (o.axis() == 0 && codes.varies(op)) { // all behind the first
      Nodes n = new Nodes(graph, op);
      List<String> part = List.of(n.longs(o.places().get(0)), n.longs(size), n.longs(axis));
      List<String> inputs = List.of(tensor, part.get(0), part.get(1), part.get(2));
      graph.node("Slice", op, inputs, codes.define(op, o.input()).tensor(), NONE);
      return null;
    }
    long[] places = new long[o.places().size()];
    boolean pads = false;
    for (int i = 0; i < places.length; i++) {
      places[i] = o.places().get(i) < 0 ? size : o.places().get(i);
      pads |= places[i] == size;
    }
    if (pads) {
      long[] behind = new long[2 * (rank + 1)];
      behind[rank + 1 + axis] = 1;
      String amounts = graph.constant(op + "/pads", Tensors.longs(behind));
      tensor = graph.node("Pad", op, List.of(tensor, amounts, x.zeroPoint()), NONE);
    }
    String indices = graph.constant(op + "/places", Tensors.longs(places));
    List<AttributeProto> along = List.of(integer("axis", axis));
    String y = codes.define(op, o.input()).tensor();
    graph.node("Gather", op, List.of(tensor, indices), y, along);
    return null;
  }

  @Override
  public Void visit(Op.Transpose o) {
    int rank = rank(o.input());
    int[] first = CodeTensors.channelsFirst(rank);
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = (o.order().get(first[i]) + 1) % rank;
    }
    String x = codes.get(o.input()).tensor();
    graph.transpose(o.name(), x, order, codes.define(o.name(), o.input()).tensor());
    return null;
  }

  @Override
  public Void visit(Op.Reshape o) {
    String op = o.name();
    String x = codes.get(o.input()).tensor();
    if (rank(o.input()) > 1) {
      x = graph.transpose(op, x, CodeTensors.channelsLast(rank(o.input())));
    }
    int rank = o.shape().size();
    long[] shape = new long[rank + 1];
    shape[0] = -1;
    for (int i = 0; i < rank; i++) {
      shape[i + 1] = o.shape().get(i);
    }
    String y = codes.define(op, o.input()).tensor();
    String reshaped = rank > 1 ? graph.name(op + "/reshaped") : y;
    reshape(op, x, reshaped, shape);
    if (rank > 1) {
      graph.transpose(op, reshaped, CodeTensors.channelsFirst(rank), y);
    }
    return null;
  }

  @Override
  public Void visit(Op.Elementwise o) {
    String op = o.name();
    List<String> x = new ArrayList<>();
    float scale = 1;
    boolean product = o.function() == Op.Elementwise.Function.PRODUCT;
    for (String input : o.inputs()) {
      QuantParams in = model.value(input).params();
      String wide = cast(op, codes.get(input).tensor(), DataType.INT32);
      x.add(product ? subtract(op, wide, in.zeroPoint() + OFFSET) : wide);
      scale = product ? scale * in.scale() : in.scale();
    }
    if (o.function() == Op.Elementwise.Function.MAX) {
      String most = graph.node("Max", op, x, NONE);
      AttributeProto bytes = integer("to", DataType.UINT8.getNumber());
      Codes y = codes.define(op, o.inputs().get(0));
      graph.node("Cast", op, List.of(most), y.tensor(), List.of(bytes));
      return null;
    }
    codes.quantize(op, combined(o, x, scale), o.output(), codes.define(op));
    return null;
  }

  private String combined(Op.Elementwise o, List<String> x, float scale) {
    String op = o.name();
    if (o.function() != Op.Elementwise.Function.MEAN) {
      boolean product = o.function() == Op.Elementwise.Function.PRODUCT;
      return real(op, graph.node(product ? "Mul" : "Sub", op, x, NONE), scale);
    }
    String sum = x.get(0);
    for (String next : x.subList(1, x.size())) {
      sum = graph.node("Add", op, List.of(sum, next), NONE);
    }
    QuantParams in = model.value(o.inputs().get(0)).params();
    String acc = subtract(op, sum, x.size() * (in.zeroPoint() + OFFSET));
    String n = graph.constant(op + "/n", Tensors.floats(new float[] {x.size()}));
    return graph.node("Div", op, List.of(real(op, acc, scale), n), NONE);
  }

  // Pieces.

  private int rank(String value) {
    return model.value(value).shape().size();
  }

  /** Dimensions of a tensor behind batch and channels. */
  private long[] places(String value) {
    return LongStream.range(2, rank(value) + 1).toArray();
  }

  private int channels(String value) {
    return model.value(value).shape().get(rank(value) - 1);
  }

  /** A kernel as large as a sequence or an image. */
  private long[] everywhere(String value) {
    List<Integer> shape = model.value(value).shape();
    return shape.subList(0, shape.size() - 1).stream().mapToLong(d -> d).toArray();
  }

  private String subtract(String op, String x, int amount) {
    String constant = graph.constant(op + "/zero_points", Tensors.ints(new int[] {amount}));
    return graph.node("Sub", op, List.of(x, constant), NONE);
  }

  /** Equation (10): (float) acc·s. */
  /** What is added, 2^−e of it where the channels of the sum have 2^e times its scale. */
  private String real(Op.RealSum o, String distances, Value in) {
    if (o.exponents().size() == 0 && !in.hasChannelScales()) {
      return real(o.name(), distances, in.params().scale());
    }
    Nodes n = new Nodes(graph, o.name());
    String each =
        graph.constant(
            o.name() + "/sum/scales", Tensors.floats(o.scales(in), CodeTensors.alongChannels(in)));
    return n.node("Mul", n.cast(distances, DataType.FLOAT), each);
  }

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
