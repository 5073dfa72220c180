package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.integer;
import static org.qat4j.onnx.internal.WeightWriter.OFFSET;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.onnx.internal.CodeTensors.Codes;

/**
 * Writes operations that read or make codes of more than 8 bits. ONNX Runtime multiplies bytes
 * alone: a wide code less its smallest one is 256·h + l, and the product is that of the halves h,
 * times 256, and that of the halves l.
 */
final class WideExporter {
  private static final List<AttributeProto> NONE = List.of();
  private static final int HALF = 256;

  private final IntegerModel model;
  private final GraphBuilder graph;
  private final WeightWriter weights;
  private final CodeTensors codes;

  WideExporter(IntegerModel model, GraphBuilder graph, WeightWriter weights, CodeTensors codes) {
    this.model = model;
    this.graph = graph;
    this.weights = weights;
    this.codes = codes;
  }

  /**
   * A product with a vector or at every step (6), and what becomes of it (7), (8), (12).
   *
   * @param window attributes of the convolution
   */
  Void product(
      String op,
      String input,
      QuantizedTensor w,
      IntVector biases,
      Output output,
      List<AttributeProto> window) {
    Nodes n = new Nodes(graph, op);
    boolean vector = model.value(input).shape().size() == 1;
    long channels = w.dim(0);
    String products = products(n, op, input, w, window, vector);
    String bias = graph.constant(op + "/bias", Tensors.ints(biases.toArray(), channels, 1));
    String acc = n.cast(n.node("Add", products, bias), DataType.FLOAT);
    float inputScale = codes.scale(input);
    if (output instanceof Output.Codes out) {
      float[] m = new float[w.dim(0)];
      QuantizedTensor scaled = out.scaled(w);
      for (int c = 0; c < m.length; c++) {
        m[c] = Requantize.multiplier(inputScale, scaled.scale(c), out.params().scale());
      }
      String multipliers = graph.constant(op + "/multipliers", Tensors.floats(m, channels, 1));
      String steps = n.node("Mul", acc, multipliers);
      if (vector) {
        steps = n.node("Squeeze", steps, n.longs(2));
      }
      codes.round(graph, op, steps, out.lo(), out.hi(), codes.define(op));
      return null;
    }
    float[] s = w.scales();
    for (int c = 0; c < s.length; c++) {
      s[c] = inputScale * s[c];
    }
    String scales = graph.constant(op + "/scales", Tensors.floats(s, s.length, 1));
    String real = n.node("Mul", acc, scales);
    if (vector) {
      graph.node("Squeeze", op, List.of(real, n.longs(2)), op, NONE);
    } else {
      graph.transpose(op, real, CodeTensors.channelsLast(2), op);
    }
    return null;
  }

  /** int32 [batch, channels, steps]. */
  private String products(
      Nodes n,
      String op,
      String input,
      QuantizedTensor w,
      List<AttributeProto> window,
      boolean vector) {
    byte[] order = OpExporter.channelsFirst(w);
    List<String> matrix = weights.unsignedWeights(op, w, order, OpExporter.convDims(w));
    Codes x = codes.get(input);
    String places = vector ? n.node("Unsqueeze", x.tensor(), n.longs(2)) : x.tensor();
    if (!x.isWide()) {
      return multiply(op, places, x.zeroPoint(), matrix, window);
    }
    QuantParams p = x.params();
    int zero = p.zeroPoint() - p.qmin();
    String code = n.node("Add", places, n.ints(zero)); // from 0 on
    String high = n.node("Div", code, n.ints(HALF));
    String low = n.node("Sub", code, n.node("Mul", high, n.ints(HALF)));
    String products = multiply(op, bytes(n, high), uint8(op, zero / HALF), matrix, window);
    String rest = multiply(op, bytes(n, low), uint8(op, zero % HALF), matrix, window);
    graph.document(w + " weights; a wide code is 256 times a byte plus a byte (6)");
    return n.node("Add", n.node("Mul", products, n.ints(HALF)), rest);
  }

  private static String bytes(Nodes n, String x) {
    return n.cast(x, DataType.UINT8);
  }

  private String uint8(String op, int value) {
    return graph.constant(op + "/zero_point", Tensors.uint8(value));
  }

  private String multiply(
      String op, String x, String zeroPoint, List<String> matrix, List<AttributeProto> window) {
    List<String> inputs = List.of(x, matrix.get(0), zeroPoint, matrix.get(1));
    return graph.node("ConvInteger", op, inputs, window);
  }

  /** Mean over all steps (10). */
  Void average(Op.GlobalAvgPool o, long... places) {
    String op = o.name();
    Nodes n = new Nodes(graph, op);
    int many = model.value(o.input()).size() / model.value(op).size();
    List<String> summands = List.of(codes.distances(op, o.input()), n.longs(places));
    String sum = graph.node("ReduceSum", op, summands, List.of(integer("keepdims", 0)));
    float m = Requantize.multiplier(codes.scale(o.input()), 1f / many, o.output().scale());
    String steps = n.node("Mul", n.cast(sum, DataType.FLOAT), n.floats(m));
    codes.round(graph, op, steps, o.output().qmin(), o.output().qmax(), codes.define(op));
    return null;
  }

  /** A function of one code (8), the smallest code first. */
  Void lookup(Op.Lookup o) {
    String op = o.name();
    Nodes n = new Nodes(graph, op);
    Codes y = codes.define(op);
    int[] table = o.table().toArray();
    byte[] bytes = new byte[table.length];
    for (int i = 0; i < table.length; i++) {
      bytes[i] = (byte) (table[i] + OFFSET);
      table[i] -= o.output().zeroPoint();
    }
    String entries =
        graph.constant(
            op + "/table",
            y.isWide()
                ? Tensors.ints(table, table.length)
                : Tensors.bytes(DataType.UINT8, bytes, bytes.length));
    QuantParams in = model.value(o.input()).params();
    String first = n.ints(in.zeroPoint() - in.qmin());
    String index = n.node("Add", codes.distances(op, o.input()), first);
    graph.node("Gather", op, List.of(entries, index), y.tensor(), NONE);
    graph.document("a function of one code, tabulated (8)");
    return null;
  }
}
