package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.onnx.OnnxOptions;

/**
 * Writes weights as the integers that they are, in the container that {@link OnnxOptions} ask for.
 */
public final class WeightWriter {
  /** From code to unsigned byte: ONNX zero points move with it, so that nothing changes. */
  static final int OFFSET = 128;

  /** The same for 4-bit containers. */
  private static final int NIBBLE_OFFSET = 8;

  /**
   * Without VNNI, x86 adds two products of unsigned and signed bytes in 16 bits with saturation;
   * 2·255·64 is the largest sum that fits.
   */
  public static final int UNSATURATED = 64;

  private final GraphBuilder graph;
  private final OnnxOptions options;

  public WeightWriter(GraphBuilder graph, OnnxOptions options) {
    this.graph = graph;
    this.options = options;
  }

  /**
   * Weights with their meaning.
   *
   * @param codes those of {@code w}, in the order that {@code dims} say
   * @return names of codes, scale and zero point, as DequantizeLinear reads them
   */
  List<String> weights(String op, QuantizedTensor w, byte[] codes, long... dims) {
    boolean unsigned = w.zeroPoint() != 0 || (!options.vnni() && saturates(codes));
    int n = w.scaleCount();
    long[] granularity = granularity(w);
    byte[] zeroPoints = new byte[n];
    Arrays.fill(zeroPoints, (byte) (w.zeroPoint() + (unsigned ? offset(w.codeBits()) : 0)));
    DataType type = unsigned ? DataType.UINT8 : DataType.INT8;
    return List.of(
        container(op, codes, w.codeBits(), unsigned, dims),
        graph.constant(op + "/weights/scale", Tensors.floats(w.scales(), granularity)),
        graph.constant(op + "/weights/zero_point", Tensors.bytes(type, zeroPoints, granularity)));
  }

  /**
   * Weights as unsigned bytes, for operators that take no others.
   *
   * @return names of codes and zero point
   */
  List<String> unsignedWeights(String op, QuantizedTensor w, byte[] codes, long... dims) {
    return List.of(
        container(op, codes, w.codeBits(), true, dims),
        graph.constant(
            op + "/weights/zero_point", Tensors.uint8(w.zeroPoint() + offset(w.codeBits()))));
  }

  private static long[] granularity(QuantizedTensor w) {
    return w.scaleCount() == 1 ? new long[0] : new long[] {w.scaleCount()};
  }

  private static boolean saturates(byte[] codes) {
    for (byte q : codes) {
      if (Math.abs(q) > UNSATURATED) {
        return true;
      }
    }
    return false;
  }

  private boolean packs(int bits) {
    return options.int4() && bits <= 4;
  }

  private int offset(int bits) {
    return packs(bits) ? NIBBLE_OFFSET : OFFSET;
  }

  private String container(String op, byte[] codes, int bits, boolean unsigned, long... dims) {
    byte[] shifted = shift(codes, unsigned ? offset(bits) : 0);
    String name = op + "/weights";
    if (!packs(bits)) {
      DataType type = unsigned ? DataType.UINT8 : DataType.INT8;
      return graph.constant(name, Tensors.bytes(type, shifted, dims));
    }
    DataType type = unsigned ? DataType.UINT4 : DataType.INT4;
    String packed = graph.constant(name, Tensors.nibbles(type, shifted, dims));
    return cast(op, packed, unsigned ? DataType.UINT8 : DataType.INT8);
  }

  private String cast(String op, String value, DataType type) {
    return graph.node(
        "Cast", op, List.of(value), List.of(GraphBuilder.integer("to", type.getNumber())));
  }

  /** Codes as unsigned bytes, code + 128: tables that are gathered. */
  String table(String op, byte[] codes, int bits, long... dims) {
    String name = op + "/table";
    if (!packs(bits)) {
      return graph.constant(name, Tensors.bytes(DataType.UINT8, shift(codes, OFFSET), dims));
    }
    String packed = graph.constant(name, Tensors.nibbles(DataType.INT4, codes, dims));
    String wide = cast(op, packed, DataType.INT32);
    String offset = graph.constant(op + "/offset", Tensors.ints(new int[] {OFFSET}));
    String moved = graph.node("Add", op, List.of(wide, offset), List.of());
    return cast(op, moved, DataType.UINT8);
  }

  /** The bias of (5), dequantized by the scales s_x·s_w of the accumulators. */
  List<String> bias(String op, IntVector bias, float inputScale, QuantizedTensor w) {
    long[] granularity = granularity(w);
    TensorProto.Builder zero = Tensors.ints(new int[w.scaleCount()], granularity);
    return List.of(
        biasCodes(op, bias),
        accumulatorScale(op, inputScale, w),
        graph.constant(op + "/bias/zero_point", zero));
  }

  String biasCodes(String op, IntVector bias) {
    return graph.constant(op + "/bias", Tensors.ints(bias.toArray(), bias.size()));
  }

  /** s_x·s_w, one or one per output channel. */
  String accumulatorScale(String op, float inputScale, QuantizedTensor w) {
    float[] scales = w.scales();
    for (int c = 0; c < scales.length; c++) {
      scales[c] = inputScale * scales[c];
    }
    return graph.constant(op + "/bias/scale", Tensors.floats(scales, granularity(w)));
  }

  private static byte[] shift(byte[] codes, int by) {
    byte[] shifted = new byte[codes.length];
    for (int i = 0; i < codes.length; i++) {
      shifted[i] = (byte) (codes[i] + by);
    }
    return shifted;
  }
}
