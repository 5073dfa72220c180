package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.integer;
import static org.qat4j.onnx.internal.GraphBuilder.integers;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Value;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;
import org.qat4j.onnx.internal.CodeTensors.Codes;

/** Writes the operations of a transformer (17), (18), every step of the equations as a node. */
final class AttentionExporter {
  private final IntegerModel model;
  private final GraphBuilder graph;
  private final CodeTensors codes;

  AttentionExporter(IntegerModel model, GraphBuilder graph, CodeTensors codes) {
    this.model = model;
    this.graph = graph;
    this.codes = codes;
  }

  void attention(Op.Attention o) {
    Nodes n = new Nodes(graph, o.name());
    Codes x = codes.get(o.input());
    Codes y = codes.define(o.name());
    int channels = model.value(o.name()).shape().get(1);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(n.name("/part"));
    }
    List<String> split = List.of(x.tensor(), n.longs(channels, channels, channels));
    graph.node("Split", o.name(), split, parts, List.of(integer("axis", 1)));
    String shape = n.longs(0, o.heads(), channels / o.heads(), -1); // 0: as it was
    String queries = turned(o.name(), n.node("Reshape", parts.get(0), shape));
    String keys = n.node("Reshape", parts.get(1), shape);
    String values = turned(o.name(), n.node("Reshape", parts.get(2), shape));

    String scores = n.node("MatMulInteger", queries, keys, x.zeroPoint(), x.zeroPoint());
    graph.document("products of activations, int32 [batch, heads, steps, steps] (17)");
    String weights = weights(n, o, scores, channels / o.heads());
    String zero = graph.constant(o.name() + "/zero", Tensors.uint8(0));
    String mixed = n.node("MatMulInteger", weights, values, zero, x.zeroPoint());
    String back = n.node("Reshape", turned(o.name(), mixed), n.longs(0, channels, -1));
    float scale = AttentionStep.scale(codes.scale(o.input()));
    String real = n.node("Mul", n.cast(back, DataType.FLOAT), n.floats(scale));
    codes.quantize(o.name(), real, o.output(), y);
  }

  /** Exchanges the last two dimensions of four. */
  private String turned(String op, String x) {
    return graph.node("Transpose", op, List.of(x), List.of(integers("perm", 0, 1, 3, 2)));
  }

  private String weights(Nodes n, Op.Attention o, String scores, int depth) {
    String counts = counts(n, o, scores);
    String seen =
        counts == null ? scores : n.node("Where", counts, scores, n.ints(Integer.MIN_VALUE));
    String max = n.node("ReduceMax", seen, n.longs(-1));
    String difference = n.cast(n.node("Sub", max, scores), DataType.FLOAT);
    float argument = AttentionStep.argument(codes.scale(o.input()), depth);
    String u = n.node("Mul", difference, n.floats(argument));
    u = n.node("Round", n.node("Clip", u, n.floats(0), n.floats((1 << 16) - 1)));
    String e = n.table(n.cast(u, DataType.INT32), o.exponential());
    if (counts != null) {
      e = n.node("Where", counts, e, n.ints(0));
    }
    String sum = n.cast(n.node("ReduceSum", e, n.longs(-1)), DataType.FLOAT);
    String divisor = n.node("Max", sum, n.floats(1));
    String scaled = n.cast(n.node("Mul", e, n.ints(AttentionStep.ONE)), DataType.FLOAT);
    return n.cast(n.node("Round", n.node("Div", scaled, divisor)), DataType.UINT8);
  }

  /** What each step looks at, bool [batch or 1, 1, steps or 1, steps]; null for everything. */
  private String counts(Nodes n, Op.Attention o, String scores) {
    String mask = o.mask() == null ? null : n.node("Unsqueeze", n.counts(o.mask()), n.longs(1, 2));
    int steps = model.value(o.name()).shape().get(0);
    if (o.prefix() >= steps) {
      return mask;
    }
    int[] seen = new int[steps * steps];
    for (int i = 0; i < steps; i++) {
      Arrays.fill(seen, i * steps, i * steps + Math.max(o.prefix(), i + 1), 1);
    }
    String constant = graph.constant(o.name() + "/seen", Tensors.ints(seen, 1, 1, steps, steps));
    String all = codes.varies(o.name()) ? first(n, o.name(), constant, scores) : constant;
    String past = n.cast(all, DataType.BOOL);
    return mask == null ? past : n.node("And", mask, past);
  }

  /** Σ a² / n, both exact in double for codes of 8 bits. */
  private static String variance(Nodes n, String a, int channels) {
    String squares = n.node("ReduceSum", n.node("Mul", a, a), n.longs(1));
    return n.node("Div", squares, n.doubles(channels));
  }

  /** The same number, n·Σ d² − (Σ d)², in int64. */
  private static String wideVariance(Nodes n, String distances, String sum, int channels) {
    String d = n.cast(distances, DataType.INT64);
    String squares = n.node("ReduceSum", n.node("Mul", d, d), n.longs(1));
    String s = n.cast(sum, DataType.INT64);
    String many = n.node("Mul", squares, n.longs(channels));
    return n.cast(n.node("Sub", many, n.node("Mul", s, s)), DataType.DOUBLE);
  }

  /** As many rows and columns of a square as the scores have. */
  private String first(Nodes n, String owner, String square, String scores) {
    String size = graph.node("Shape", owner, List.of(scores), List.of(integer("start", 2)));
    return n.node("Slice", square, n.longs(0, 0), size, n.longs(2, 3));
  }

  /** 2^e of each channel. */
  private String factors(String op, Value in) {
    int[] factors = in.exponents().toArray();
    for (int c = 0; c < factors.length; c++) {
      factors[c] = 1 << factors[c];
    }
    long[] dims = CodeTensors.alongChannels(in);
    return graph.constant(op + "/factors", Tensors.ints(factors, dims));
  }

  void layerNorm(Op.LayerNorm o) {
    Nodes n = new Nodes(graph, o.name());
    Codes x = codes.get(o.input());
    Codes y = codes.define(o.name());
    int channels = o.gain().size();
    boolean sequence = model.value(o.input()).shape().size() == 2;
    String axis = n.longs(1);
    Value in = model.value(o.input());
    boolean apart = in.hasChannelScales();
    // The zero point is the same in every channel: it does not change differences to the mean.
    String q =
        apart
            ? n.node("Mul", codes.distances(o.name(), o.input()), factors(o.name(), in))
            : x.isWide() ? x.tensor() : n.cast(x.tensor(), DataType.INT32);
    String many = n.node("Mul", q, n.ints(channels));
    String sum = n.node("ReduceSum", q, axis);
    String a = n.cast(n.node("Sub", many, sum), DataType.DOUBLE);
    String variance =
        x.isWide() || apart ? wideVariance(n, q, sum, channels) : variance(n, a, channels);
    double epsilon = LayerNormStep.epsilon(o.epsilon(), channels, codes.scale(o.input()));
    String deviation = n.node("Sqrt", n.node("Add", variance, n.doubles(epsilon)));
    String unit = n.doubles(Math.scalb(1.0, LayerNormStep.FRACTION));
    String steps = n.node("Mul", n.node("Div", a, deviation), unit);
    long[] dims = sequence ? new long[] {channels, 1} : new long[] {channels};
    String gain = graph.constant(o.name() + "/gain", Tensors.ints(o.gain().toArray(), dims));
    String bias = graph.constant(o.name() + "/bias", Tensors.ints(o.bias().toArray(), dims));
    String acc = n.node("Add", n.node("Mul", n.short16(steps, DataType.DOUBLE), gain), bias);
    String scale = n.floats(LayerNormStep.scale(o.shift()));
    String real = n.node("Mul", n.cast(acc, DataType.FLOAT), scale);
    codes.quantize(o.name(), real, o.output(), y);
  }
}
