package org.qat4j.onnx;

import static org.qat4j.onnx.WeightWriter.OFFSET;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.model.IntegerModel;
import org.qat4j.numerics.QuantParams;

/**
 * Values that are codes: tensors of unsigned bytes, code + 128, with the constants that give them
 * meaning. Shapes are [batch, channels], [batch, channels, steps] and [batch, channels, height,
 * width].
 */
final class CodeTensors {
  /**
   * One value.
   *
   * @param tensor name of the unsigned bytes
   * @param scale name of the constant s
   * @param zeroPoint name of the constant z + 128
   */
  record Codes(String tensor, String scale, String zeroPoint) {
    Codes in(String otherTensor) {
      return new Codes(otherTensor, scale, zeroPoint);
    }
  }

  private static final int MAX_CODE = 255;

  private final IntegerModel model;
  private final GraphBuilder graph;
  private final Map<String, Codes> codes = new HashMap<>();

  CodeTensors(IntegerModel model, GraphBuilder graph) {
    this.model = model;
    this.graph = graph;
  }

  /**
   * Name of the tensor that holds the codes of a value: that of the value, unless the graph has a
   * real output of this name.
   */
  static String tensor(IntegerModel model, String value) {
    String name = value;
    if (model.outputs().contains(value)) {
      do {
        name += "/codes";
      } while (model.values().containsKey(name));
    }
    return name;
  }

  String tensor(String value) {
    return tensor(model, value);
  }

  Codes get(String value) {
    return codes.get(value);
  }

  float scale(String value) {
    return model.value(value).params().scale();
  }

  /** Names the meaning of a value whose tensor a node is about to make. */
  Codes define(String value) {
    QuantParams p = model.value(value).params();
    Codes made =
        new Codes(
            tensor(value),
            graph.constant(value + "/scale", Tensors.floats(new float[] {p.scale()})),
            graph.constant(value + "/zero_point", Tensors.uint8(p.zeroPoint() + OFFSET)));
    codes.put(value, made);
    return made;
  }

  /** The same for a value whose codes mean what those of another mean. */
  Codes define(String value, String like) {
    Codes made = codes.get(like).in(tensor(value));
    codes.put(value, made);
    return made;
  }

  /** Equation (1) with any constants. */
  String dequantize(String op, String tensor, String scale, String zeroPoint) {
    return graph.node("DequantizeLinear", op, List.of(tensor, scale, zeroPoint), List.of());
  }

  /** Equation (1). */
  String dequantize(String op, Codes x) {
    return dequantize(op, x.tensor(), x.scale(), x.zeroPoint());
  }

  /** Equation (2), (7) or (8): QuantizeLinear and, where the range is narrower, an integer Clip. */
  void quantize(String op, String real, int lo, int hi, Codes y) {
    quantize(graph, op, real, lo, hi, y);
  }

  /** The same in a graph within this one. */
  void quantize(GraphBuilder graph, String op, String real, int lo, int hi, Codes y) {
    List<String> inputs = List.of(real, y.scale(), y.zeroPoint());
    int least = lo + OFFSET;
    int most = hi + OFFSET;
    if (least == 0 && most == MAX_CODE) {
      graph.node("QuantizeLinear", op, inputs, y.tensor(), List.of());
      return;
    }
    String wide = graph.node("QuantizeLinear", op, inputs, List.of());
    String min = graph.constant(op + "/min", Tensors.uint8(least));
    String max = graph.constant(op + "/max", Tensors.uint8(most));
    graph.node("Clip", op, List.of(wide, min, max), y.tensor(), List.of());
    graph.document("codes from " + lo + " to " + hi + " (8)");
  }

  /** The same to a value's own range. */
  void quantize(String op, String real, QuantParams params, Codes y) {
    quantize(op, real, params.qmin(), params.qmax(), y);
  }

  /** Makes a value that is codes an output: the real values, in the model's layout. */
  void reveal(String value) {
    Codes x = get(value);
    List<String> inputs = List.of(x.tensor(), x.scale(), x.zeroPoint());
    if (model.value(value).shape().size() == 1) {
      graph.node("DequantizeLinear", value, inputs, value, List.of());
    } else {
      String real = graph.node("DequantizeLinear", value, inputs, List.of());
      graph.transpose(value, real, channelsLast(model.value(value).shape().size()), value);
    }
  }

  /** Type of the tensor that holds a value. */
  ValueInfoProto type(String value) {
    QuantParams p = model.value(value).params();
    List<Integer> shape = channelsFirst(model.value(value).shape());
    String text = "codes + 128; real value " + p.scale() + " * (code - " + p.zeroPoint() + ")";
    return GraphBuilder.type(tensor(value), DataType.UINT8, shape, text);
  }

  private static List<Integer> channelsFirst(List<Integer> shape) {
    return Arrays.stream(channelsFirst(shape.size())).mapToObj(shape::get).toList();
  }

  /** Dimensions of the model in the order of the tensors: the channels, then the others. */
  static int[] channelsFirst(int rank) {
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = (i + rank - 1) % rank;
    }
    return order;
  }

  /** Dimensions of the tensors in the order of the model. */
  static int[] channelsLast(int rank) {
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = (i + 1) % rank;
    }
    return order;
  }
}
