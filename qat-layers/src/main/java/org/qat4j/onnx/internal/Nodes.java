package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.integer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;

/**
 * Nodes of one operation that is written step by step. Integers below 2^53 are exact in doubles,
 * and every float operation is rounded as IEEE 754 says: nothing is left to the engine.
 */
final class Nodes {
  private static final List<AttributeProto> NONE = List.of();
  private static final int MIDDLE = 1 << 15;

  private final GraphBuilder graph;
  private final String owner;

  Nodes(GraphBuilder graph, String owner) {
    this.graph = graph;
    this.owner = owner;
  }

  GraphBuilder graph() {
    return graph;
  }

  /** Adds a node without attributes and gives the name of its output. */
  String node(String operator, String... inputs) {
    return graph.node(operator, owner, List.of(inputs), NONE);
  }

  String cast(String x, DataType type) {
    return graph.node("Cast", owner, List.of(x), List.of(integer("to", type.getNumber())));
  }

  String name(String suffix) {
    return graph.name(owner + suffix);
  }

  String ints(int value) {
    return graph.constant(owner + "/int", Tensors.ints(new int[] {value}));
  }

  String longs(long... values) {
    return graph.constant(owner + "/long", Tensors.longs(values));
  }

  String floats(float value) {
    return graph.constant(owner + "/float", Tensors.floats(new float[] {value}));
  }

  String doubles(double value) {
    return graph.constant(owner + "/double", Tensors.doubles(value));
  }

  /** Rounded half to even and clamped to 16 bits, int32. */
  String short16(String x, DataType type) {
    boolean wide = type == DataType.DOUBLE;
    String lo = wide ? doubles(-MIDDLE) : floats(-MIDDLE);
    String hi = wide ? doubles(MIDDLE - 1) : floats(MIDDLE - 1);
    return cast(node("Clip", node("Round", x), lo, hi), DataType.INT32);
  }

  /**
   * Interpolation in a table (16), of which the entries are raised so that all numbers are positive
   * and a quotient is rounded down.
   *
   * @param v argument, 0 to 2^16 − 1
   */
  String table(String v, IntVector values) {
    int[] raised = values.toArray();
    for (int j = 0; j < raised.length; j++) {
      raised[j] += MIDDLE;
    }
    String entries = graph.constant(owner + "/table", Tensors.ints(raised, raised.length));
    String j = node("Div", v, ints(128));
    String e = node("Sub", v, node("Mul", j, ints(128)));
    String low = node("Gather", entries, j);
    String high = node("Gather", entries, node("Add", j, ints(1)));
    String rise = node("Mul", node("Sub", high, low), e);
    String sum = node("Add", node("Mul", low, ints(128)), rise);
    String rounded = node("Div", node("Add", sum, ints(64)), ints(128));
    return node("Sub", rounded, ints(MIDDLE));
  }

  /** The same of p = v − 2^15. */
  String signedTable(String p, IntVector values) {
    return table(node("Add", p, ints(MIDDLE)), values);
  }

  /** (6) without bias: bytes [.., k] times weights [rows, k], int32 [.., rows]. */
  String product(WeightWriter weights, String x, String zeroPoint, QuantizedTensor w) {
    int rows = w.dim(0);
    int depth = w.dim(1);
    byte[] columns = new byte[w.codes().length];
    for (int i = 0; i < columns.length; i++) {
      columns[i % depth * rows + i / depth] = w.codes()[i];
    }
    List<String> matrix = weights.unsignedWeights(owner, w, columns, depth, rows);
    return node("MatMulInteger", x, matrix.get(0), zeroPoint, matrix.get(1));
  }

  /** s_x·s_w·acc. */
  String real(WeightWriter weights, String acc, float scale, QuantizedTensor w) {
    return node("Mul", cast(acc, DataType.FLOAT), weights.accumulatorScale(owner, scale, w));
  }

  /** Which steps count, bool [batch, steps]. */
  String counts(String mask) {
    return node("Not", node("Equal", mask, ints(0)));
  }
}
