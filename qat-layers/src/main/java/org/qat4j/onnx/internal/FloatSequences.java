package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.integer;
import static org.qat4j.onnx.internal.GraphBuilder.integers;
import static org.qat4j.onnx.internal.GraphBuilder.number;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qat4j.model.Op;
import org.qat4j.numerics.internal.LayerNormStep;

/**
 * Operations over the steps of a sequence in float, for {@link FloatOnnxExporter}. Sequences are
 * [batch, channels, steps], masks [batch, steps].
 */
final class FloatSequences {
  private static final List<AttributeProto> NONE = List.of();

  private final GraphBuilder graph;

  FloatSequences(GraphBuilder graph) {
    this.graph = graph;
  }

  /** 1 for a step that counts, 0 for one that is left out. */
  String counts(String op, String mask) {
    String zero = graph.constant(op + "/padding", Tensors.ints(new int[] {0}, 1));
    String out = graph.node("Equal", op, List.of(mask, zero), NONE);
    String in = graph.node("Not", op, List.of(out), NONE);
    return cast(op, in, DataType.FLOAT);
  }

  private String cast(String op, String x, DataType to) {
    return graph.node("Cast", op, List.of(x), List.of(integer("to", to.getNumber())));
  }

  private String sum(String op, String x, boolean keep, long... axes) {
    String where = graph.constant(op + "/axes", Tensors.longs(axes));
    return graph.node(
        "ReduceSum", op, List.of(x, where), List.of(integer("keepdims", keep ? 1 : 0)));
  }

  private String unsqueeze(String op, String x, long axis) {
    String where = graph.constant(op + "/axis", Tensors.longs(axis));
    return graph.node("Unsqueeze", op, List.of(x, where), NONE);
  }

  private String scalar(String op, float value) {
    return graph.constant(op + "/constant", Tensors.floats(new float[] {value}, 1));
  }

  /** 1 for steps of which a channel is not 0. */
  String notZero(String op, String x, int channels) {
    String size = graph.node("Abs", op, List.of(x), NONE);
    String largest =
        graph.node(
            "ReduceMax",
            op,
            List.of(size),
            List.of(integers("axes", channels), integer("keepdims", 0)));
    String any = graph.node("Greater", op, List.of(largest, scalar(op, 0)), NONE);
    return cast(op, any, DataType.INT32);
  }

  /** Steps that are left out are one number. */
  void masked(Op.Masked o, String x, float fill, String y) {
    String op = o.name();
    String counts = unsqueeze(op, counts(op, o.mask()), 1);
    String some = graph.node("Greater", op, List.of(counts, scalar(op, 0)), NONE);
    graph.node("Where", op, List.of(some, x, scalar(op, fill)), y, NONE);
  }

  /** Mean over the steps that count. */
  void mean(Op.MaskedMean o, String x, String y) {
    String op = o.name();
    String counts = unsqueeze(op, counts(op, o.mask()), 1);
    String kept = graph.node("Mul", op, List.of(x, counts), NONE);
    String n = graph.node("Max", op, List.of(sum(op, counts, false, 2), scalar(op, 1)), NONE);
    graph.node("Div", op, List.of(sum(op, kept, false, 2), n), y, NONE);
  }

  /** The last step that counts, or the last of all. */
  void lastStep(Op.LastStep o, String x, int steps, String y) {
    String op = o.name();
    if (o.mask() == null) {
      String last = graph.constant(op + "/last", Tensors.longs(new long[] {steps - 1L}));
      String one = graph.node("Gather", op, List.of(x, last), List.of(integer("axis", 2)));
      String axis = graph.constant(op + "/axis", Tensors.longs(2));
      graph.node("Squeeze", op, List.of(one, axis), y, NONE);
      return;
    }
    float[] places = new float[steps];
    for (int t = 0; t < steps; t++) {
      places[t] = t + 1f;
    }
    String place = graph.constant(op + "/places", Tensors.floats(places, 1, steps));
    String counted = graph.node("Mul", op, List.of(counts(op, o.mask()), place), NONE);
    String last =
        graph.node(
            "ReduceMax",
            op,
            List.of(counted),
            List.of(integers("axes", 1), integer("keepdims", 1)));
    String none = graph.node("Equal", op, List.of(last, scalar(op, 0)), NONE);
    String at = graph.node("Where", op, List.of(none, scalar(op, steps), last), NONE);
    String chosen = cast(op, graph.node("Equal", op, List.of(place, at), NONE), DataType.FLOAT);
    String kept = graph.node("Mul", op, List.of(x, unsqueeze(op, chosen, 1)), NONE);
    String time = graph.constant(op + "/steps", Tensors.longs(2));
    graph.node("ReduceSum", op, List.of(kept, time), y, List.of(integer("keepdims", 0)));
  }

  /**
   * LSTM or RNN of ONNX.
   *
   * @param w [gates·units, inputs], gates in ONNX's order
   * @param r [gates·units, units]
   * @param b (gates·units)
   * @param peepholes (3·units) in ONNX's order, or null
   * @param functions of the gates, the cell and the state
   */
  void recurrent(
      Op.Recurrent o,
      String x,
      float[] w,
      float[] r,
      float[] b,
      float[] peepholes,
      List<String> functions,
      String y) {
    String op = o.name();
    int units = o.units();
    int rows = b.length;
    float[] biases = new float[2 * rows];
    System.arraycopy(b, 0, biases, 0, rows);
    String byStep = graph.node("Transpose", op, List.of(x), List.of(integers("perm", 2, 0, 1)));
    String lengths =
        o.mask() == null ? "" : cast(op, sum(op, counts(op, o.mask()), false, 1), DataType.INT32);
    List<String> inputs = new ArrayList<>();
    inputs.add(byStep);
    inputs.add(graph.constant(op + "/weights", Tensors.floats(w, 1, rows, w.length / rows)));
    inputs.add(graph.constant(op + "/recurrent", Tensors.floats(r, 1, rows, units)));
    inputs.add(graph.constant(op + "/bias", Tensors.floats(biases, 1, biases.length)));
    inputs.add(lengths);
    if (peepholes != null) {
      inputs.addAll(List.of("", "")); // state and cell before the first step
      inputs.add(graph.constant(op + "/peepholes", Tensors.floats(peepholes, 1, 3L * units)));
    }
    String made =
        graph.node(
            rows == units ? "RNN" : "LSTM",
            op,
            inputs,
            List.of(
                integer("hidden_size", units),
                GraphBuilder.text("direction", o.reverse() ? "reverse" : "forward"),
                GraphBuilder.texts("activations", functions)));
    String axis = graph.constant(op + "/direction", Tensors.longs(1));
    String one = graph.node("Squeeze", op, List.of(made, axis), NONE);
    graph.node("Transpose", op, List.of(one), y, List.of(integers("perm", 1, 2, 0)));
  }

  /** Softmax of the products of queries and keys, times values. */
  void attention(Op.Attention o, String x, int channels, int steps, String y) {
    String op = o.name();
    int depth = channels / o.heads();
    String sizes = graph.constant(op + "/sizes", Tensors.longs(channels, channels, channels));
    List<String> parts =
        List.of(graph.name(op + "/queries"), graph.name(op + "/keys"), graph.name(op + "/values"));
    graph.node("Split", op, List.of(x, sizes), parts, List.of(integer("axis", 1)));
    String heads = graph.constant(op + "/heads", Tensors.longs(0, o.heads(), depth, steps));
    String q = reshape(op, parts.get(0), heads); // [n, heads, depth, steps]
    String k = reshape(op, parts.get(1), heads);
    String v = reshape(op, parts.get(2), heads);
    String rows = graph.node("Transpose", op, List.of(q), List.of(integers("perm", 0, 1, 3, 2)));
    String products = graph.node("MatMul", op, List.of(rows, k), NONE); // [n, heads, i, j]
    String scale = scalar(op, (float) (1 / Math.sqrt(depth)));
    String scores = graph.node("Mul", op, List.of(products, scale), NONE);
    String counts = seen(o, steps);
    if (counts != null) {
      String some = graph.node("Greater", op, List.of(counts, scalar(op, 0)), NONE);
      scores = graph.node("Where", op, List.of(some, scores, scalar(op, -1e9f)), NONE);
    }
    String weights = graph.node("Softmax", op, List.of(scores), NONE);
    if (counts != null) { // where all are masked, nothing is looked at
      weights = graph.node("Mul", op, List.of(weights, counts), NONE);
    }
    String seen = graph.node("Transpose", op, List.of(v), List.of(integers("perm", 0, 1, 3, 2)));
    String mixed = graph.node("MatMul", op, List.of(weights, seen), NONE); // [n, heads, i, depth]
    String back =
        graph.node("Transpose", op, List.of(mixed), List.of(integers("perm", 0, 1, 3, 2)));
    String shape = graph.constant(op + "/channels", Tensors.longs(0, channels, steps));
    graph.node("Reshape", op, List.of(back, shape), y, NONE);
  }

  /** 1 for what each step looks at, [n or 1, 1, steps or 1, steps]; null for everything. */
  private String seen(Op.Attention o, int steps) {
    String op = o.name();
    String mask =
        o.mask() == null ? null : unsqueeze(op, unsqueeze(op, counts(op, o.mask()), 1), 1);
    if (o.prefix() >= steps) {
      return mask;
    }
    float[] seen = new float[steps * steps];
    for (int i = 0; i < steps; i++) {
      Arrays.fill(seen, i * steps, i * steps + Math.max(o.prefix(), i + 1), 1);
    }
    String past = graph.constant(op + "/seen", Tensors.floats(seen, 1, 1, steps, steps));
    return mask == null ? past : graph.node("Mul", op, List.of(mask, past), NONE);
  }

  private String reshape(String op, String x, String shape) {
    return graph.node("Reshape", op, List.of(x, shape), NONE);
  }

  /** Over the channels of each step, [n, c] or [n, c, t]. */
  void layerNorm(Op.LayerNorm o, String x, boolean sequence, String y) {
    String op = o.name();
    int channels = o.gain().size();
    float[] gain = new float[channels];
    float[] bias = new float[channels];
    for (int c = 0; c < channels; c++) {
      gain[c] = Math.scalb((float) o.gain().get(c), -o.shift());
      bias[c] = Math.scalb((float) o.bias().get(c), -(o.shift() + LayerNormStep.FRACTION));
    }
    String last = sequence ? graph.transpose(op, x, new int[] {1, 0}) : x;
    List<String> inputs =
        List.of(
            last,
            graph.constant(op + "/gain", Tensors.floats(gain, channels)),
            graph.constant(op + "/bias", Tensors.floats(bias, channels)));
    List<AttributeProto> how = List.of(number("epsilon", (float) o.epsilon()));
    if (sequence) {
      String normal = graph.node("LayerNormalization", op, inputs, how);
      graph.transpose(op, normal, new int[] {1, 0}, y);
    } else {
      graph.node("LayerNormalization", op, inputs, y, how);
    }
  }
}
