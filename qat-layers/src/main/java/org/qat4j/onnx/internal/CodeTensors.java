package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.WeightWriter.OFFSET;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextLengths;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;

/**
 * Values that are codes: tensors of unsigned bytes, code + 128, with the constants that give them
 * meaning. Codes of more than 8 bits are tensors of int32, code − zero point, because operators for
 * integers read bytes alone. Shapes are [batch, channels], [batch, channels, steps] and [batch,
 * channels, height, width].
 */
public final class CodeTensors {
  /**
   * One value.
   *
   * @param tensor name of the unsigned bytes, or of the int32 of a wide value
   * @param scale name of the constant s
   * @param zeroPoint name of the constant z + 128; of a wide value null
   * @param params of the model's codes
   */
  record Codes(String tensor, String scale, String zeroPoint, QuantParams params) {
    Codes in(String otherTensor) {
      return new Codes(otherTensor, scale, zeroPoint, params);
    }

    /** Whether codes have more than 8 bits. */
    boolean isWide() {
      return CodeTensors.isWide(params);
    }
  }

  private static final int MAX_CODE = 255;

  private final IntegerModel model;
  private final GraphBuilder graph;
  private final Map<String, Codes> codes = new HashMap<>();

  private final TextLengths lengths;

  public CodeTensors(IntegerModel model, GraphBuilder graph) {
    this.model = model;
    this.graph = graph;
    this.lengths = TextLengths.of(model);
  }

  public TextLengths lengths() {
    return lengths;
  }

  /** Whether a value has as many steps as a text needs. */
  public boolean varies(String value) {
    return lengths.isCut(value);
  }

  /** Shape of a value, 0 for steps that are as many as a text needs. */
  public List<Integer> shape(String value) {
    List<Integer> shape = new ArrayList<>(model.value(value).shape());
    if (varies(value)) {
      shape.set(0, 0);
    }
    return shape;
  }

  /**
   * Name of the tensor that holds the codes of a value: that of the value, unless the graph has a
   * real output of this name.
   */
  public static String tensor(IntegerModel model, String value) {
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

  /** Whether codes have more than 8 bits. */
  public static boolean isWide(QuantParams params) {
    return params.qmin() < Byte.MIN_VALUE || params.qmax() > Byte.MAX_VALUE;
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
            isWide(p)
                ? null
                : graph.constant(value + "/zero_point", Tensors.uint8(p.zeroPoint() + OFFSET)),
            p);
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
    if (x.isWide()) {
      Nodes n = new Nodes(graph, op);
      return n.node("Mul", n.cast(x.tensor(), DataType.FLOAT), x.scale());
    }
    return dequantize(op, x.tensor(), x.scale(), x.zeroPoint());
  }

  /** Equation (2), (7) or (8): QuantizeLinear and, where the range is narrower, an integer Clip. */
  void quantize(String op, String real, int lo, int hi, Codes y) {
    quantize(graph, op, real, lo, hi, y);
  }

  /** The same in a graph within this one. */
  void quantize(GraphBuilder graph, String op, String real, int lo, int hi, Codes y) {
    if (y.isWide()) {
      round(graph, op, new Nodes(graph, op).node("Div", real, y.scale()), lo, hi, y);
      return;
    }
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

  /**
   * The end of (2) and of (7): rint(clamp(…)) of numbers in steps of the codes.
   *
   * @param steps float32
   */
  void round(GraphBuilder graph, String op, String steps, int lo, int hi, Codes y) {
    Nodes n = new Nodes(graph, op);
    int z = y.params().zeroPoint();
    String rounded = n.node("Round", n.node("Clip", steps, n.floats(lo - z), n.floats(hi - z)));
    DataType type = y.isWide() ? DataType.INT32 : DataType.UINT8;
    String code = y.isWide() ? rounded : n.node("Add", rounded, n.floats(z + OFFSET));
    AttributeProto to = GraphBuilder.integer("to", type.getNumber());
    graph.node("Cast", op, List.of(code), y.tensor(), List.of(to));
    graph.document("codes from " + lo + " to " + hi);
  }

  /** q − z, int32. */
  String distances(String op, String value) {
    Codes x = get(value);
    if (x.isWide()) {
      return x.tensor();
    }
    Nodes n = new Nodes(graph, op);
    String codes = n.cast(x.tensor(), DataType.INT32);
    String zero =
        graph.constant(
            op + "/zero_points", Tensors.ints(new int[] {x.params().zeroPoint() + OFFSET}));
    return n.node("Sub", codes, zero);
  }

  /** The same to a value's own range. */
  void quantize(String op, String real, QuantParams params, Codes y) {
    quantize(op, real, params.qmin(), params.qmax(), y);
  }

  /** Makes a value that is codes an output: the real values, in the model's layout. */
  public void reveal(String value) {
    Codes x = get(value);
    int rank = model.value(value).shape().size();
    if (x.isWide()) {
      List<String> factors =
          List.of(new Nodes(graph, value).cast(x.tensor(), DataType.FLOAT), x.scale());
      String real = rank == 1 ? value : graph.name(value + "/mul");
      graph.node("Mul", value, factors, real, List.of());
      if (rank > 1) {
        graph.transpose(value, real, channelsLast(rank), value);
      }
      return;
    }
    List<String> inputs = List.of(x.tensor(), x.scale(), x.zeroPoint());
    if (rank == 1) {
      graph.node("DequantizeLinear", value, inputs, value, List.of());
    } else {
      String real = graph.node("DequantizeLinear", value, inputs, List.of());
      graph.transpose(value, real, channelsLast(rank), value);
    }
  }

  /** Type of the tensor that holds a value. */
  public ValueInfoProto type(String value) {
    QuantParams p = model.value(value).params();
    List<Integer> shape = channelsFirst(shape(value));
    if (isWide(p)) {
      String wide = "codes - " + p.zeroPoint() + "; real value " + p.scale() + " * number";
      return GraphBuilder.type(tensor(value), DataType.INT32, shape, wide);
    }
    String apart = model.value(value).hasChannelScales() ? " * 2^e of the channel" : "";
    String text =
        "codes + 128; real value " + p.scale() + " * (code - " + p.zeroPoint() + ")" + apart;
    return GraphBuilder.type(tensor(value), DataType.UINT8, shape, text);
  }

  private static List<Integer> channelsFirst(List<Integer> shape) {
    return Arrays.stream(channelsFirst(shape.size())).mapToObj(shape::get).toList();
  }

  /** Dimensions of a tensor with one number for each channel of a value. */
  static long[] alongChannels(Value value) {
    long[] dims = new long[value.shape().size()];
    Arrays.fill(dims, 1);
    dims[0] = value.shape().get(dims.length - 1);
    return dims;
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
