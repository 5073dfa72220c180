package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.integer;
import static org.qat4j.onnx.internal.GraphBuilder.integers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qat4j.model.Cell;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.onnx.internal.CodeTensors.Codes;

/**
 * Writes a recurrent operation (16) as a Scan over the steps, whose body has every step of the
 * equation as a node.
 */
final class RecurrentExporter {
  private final Nodes outer;
  private final Nodes body;
  private final WeightWriter weights;
  private final CodeTensors codes;
  private final Op.Recurrent op;
  private final String name;
  private final int units;

  RecurrentExporter(GraphBuilder graph, WeightWriter weights, CodeTensors codes, Op.Recurrent op) {
    this.name = op.name();
    this.outer = new Nodes(graph, name);
    this.body = new Nodes(graph.inner(), name);
    this.weights = weights;
    this.codes = codes;
    this.op = op;
    this.units = op.units();
  }

  void export() {
    boolean lstm = op.cell() instanceof Cell.Lstm;
    Codes y = codes.define(name);
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    inputs.add(initial(DataType.UINT8, op.output().zeroPoint() + WeightWriter.OFFSET));
    outputs.add(outer.name("/last"));
    if (lstm) {
      inputs.add(initial(DataType.INT32, 0));
      outputs.add(outer.name("/last"));
    }
    int states = inputs.size();
    inputs.add(sums());
    if (op.mask() != null) {
      inputs.add(outer.node("Unsqueeze", outer.counts(op.mask()), outer.longs(2)));
    }
    outputs.add(y.tensor());
    body(y);
    int scanned = inputs.size() - states;
    long direction = op.reverse() ? 1 : 0;
    AttributeProto step =
        AttributeProto.newBuilder()
            .setName("body")
            .setType(AttributeProto.AttributeType.GRAPH)
            .setG(body.graph().graph().setName(name + "/step"))
            .build();
    outer
        .graph()
        .node(
            "Scan",
            name,
            inputs,
            outputs,
            List.of(
                step,
                integer("num_scan_inputs", scanned),
                integers("scan_input_axes", repeated(1, scanned)),
                integers("scan_input_directions", repeated(direction, scanned)),
                integers("scan_output_axes", 2),
                integers("scan_output_directions", direction)));
    outer.graph().document("recurrence on integers, step by step (16)");
  }

  private static long[] repeated(long value, int times) {
    long[] values = new long[times];
    Arrays.fill(values, value);
    return values;
  }

  /** Real 0 for each sequence of the batch, [batch, units]. */
  private String initial(DataType type, int value) {
    GraphBuilder graph = outer.graph();
    String x = codes.get(op.input()).tensor();
    String shape = graph.node("Shape", name, List.of(x), List.of(integer("end", 1)));
    List<String> dims = List.of(shape, outer.longs(units));
    String size = graph.node("Concat", name, dims, List.of(integer("axis", 0)));
    AttributeProto fill =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(
                type == DataType.UINT8
                    ? Tensors.bytes(type, new byte[] {(byte) value}, 1)
                    : Tensors.ints(new int[] {value}, 1))
            .build();
    return graph.node("ConstantOfShape", name, List.of(size), List.of(fill));
  }

  /** s_x·s_W·acc of the input with its bias at all steps, float [batch, steps, gates·units]. */
  private String sums() {
    Codes x = codes.get(op.input());
    String steps = outer.graph().transpose(name, x.tensor(), CodeTensors.channelsLast(2));
    String acc = outer.product(weights, steps, x.zeroPoint(), op.weights());
    String sum = outer.node("Add", acc, weights.biasCodes(name, op.bias()));
    return outer.real(weights, sum, codes.scale(op.input()), op.weights());
  }

  /** One step. */
  private void body(Codes y) {
    String h = input("/h", DataType.UINT8, units);
    Cell.Lstm lstm = op.cell() instanceof Cell.Lstm l ? l : null;
    String c = lstm == null ? null : input("/c", DataType.INT32, units);
    String x = input("/x", DataType.FLOAT, op.weights().dim(0));
    String counts = op.mask() == null ? null : input("/counts", DataType.BOOL, 1);
    String acc = body.product(weights, h, y.zeroPoint(), op.recurrent());
    String state = body.real(weights, acc, op.output().scale(), op.recurrent());
    String sum = body.node("Add", x, state);
    String made;
    String cell = null;
    float value = Math.scalb(1f, -op.cell().value());
    if (lstm == null) {
      made = body.cast(function(sum), DataType.FLOAT);
      made = body.node("Mul", made, body.floats(value));
    } else {
      List<String> parts = split(sum, units, 3L * units);
      String candidate = function(parts.get(0));
      List<String> gates = gates(lstm, parts.get(1), c);
      cell = cell(lstm, gates.get(0), c, gates.get(2), candidate);
      String o = lstm.peepholes() == null ? gates.get(1) : gate(lstm, gates.get(1), 1, cell);
      String t = body.signedTable(argument(lstm, cell), lstm.activation());
      made = body.cast(body.node("Mul", o, t), DataType.FLOAT);
      made = body.node("Mul", made, body.floats(value * 0x1p-15f));
    }
    String next = body.name("/next");
    codes.quantize(body.graph(), name, made, op.output().qmin(), op.output().qmax(), y.in(next));
    if (counts != null) {
      next = body.node("Where", counts, next, y.zeroPoint());
      cell = cell == null ? null : body.node("Where", counts, cell, body.ints(0));
    }
    output(next, DataType.UINT8);
    if (cell != null) {
      output(cell, DataType.INT32);
    }
    output(next, DataType.UINT8);
  }

  /** The function of sums. */
  private String function(String sum) {
    float steps = Math.scalb(1f, op.cell().argument());
    String p = body.short16(body.node("Mul", sum, body.floats(steps)), DataType.FLOAT);
    return body.signedTable(p, op.cell().activation());
  }

  private String gate(Cell.Lstm lstm, String sum) {
    String p = body.short16(body.node("Mul", sum, body.floats(0x1p12f)), DataType.FLOAT);
    return body.signedTable(p, lstm.gate());
  }

  /**
   * The gates f, o and i of their sums.
   *
   * @return with peepholes the sum of o in its place, which looks at the cell to come
   */
  private List<String> gates(Cell.Lstm lstm, String sums, String cell) {
    if (lstm.peepholes() == null) {
      return split(gate(lstm, sums), units, units, units);
    }
    List<String> parts = split(sums, units, units, units);
    String f = gate(lstm, parts.get(0), 0, cell);
    return List.of(f, parts.get(1), gate(lstm, parts.get(2), 2, cell));
  }

  /** A gate that looks at a cell. */
  private String gate(Cell.Lstm lstm, String sum, int g, String cell) {
    QuantizedTensor w = lstm.peepholes();
    int[] distances = new int[units];
    Arrays.setAll(distances, u -> w.codes()[g * units + u] - w.zeroPoint());
    String row = body.graph().constant(name + "/peephole", Tensors.ints(distances, units));
    String seen = body.cast(body.node("Mul", cell, row), DataType.FLOAT);
    float scale = Math.scalb(w.scale(g), -lstm.shift());
    return gate(lstm, body.node("Add", sum, body.node("Mul", seen, body.floats(scale))));
  }

  private String cell(Cell.Lstm lstm, String f, String c, String i, String candidate) {
    int shift = lstm.shift();
    int value = lstm.value();
    String kept = body.cast(body.node("Mul", f, c), DataType.DOUBLE);
    kept = body.node("Mul", kept, body.doubles(Math.scalb(1.0, value - shift)));
    String added = body.cast(body.node("Mul", i, candidate), DataType.DOUBLE);
    String sum = body.node("Add", kept, added);
    String steps = body.node("Mul", sum, body.doubles(Math.scalb(1.0, shift - 15 - value)));
    return body.short16(steps, DataType.DOUBLE);
  }

  private String argument(Cell.Lstm lstm, String cell) {
    String real = body.cast(cell, DataType.DOUBLE);
    double steps = Math.scalb(1.0, lstm.argument() - lstm.shift());
    return body.short16(body.node("Mul", real, body.doubles(steps)), DataType.DOUBLE);
  }

  private String input(String suffix, DataType type, int size) {
    String value = body.name(suffix);
    body.graph().graph().addInput(GraphBuilder.type(value, type, List.of(size), ""));
    return value;
  }

  private void output(String value, DataType type) {
    String own = body.node("Identity", value);
    body.graph().graph().addOutput(GraphBuilder.type(own, type, List.of(units), ""));
  }

  private List<String> split(String x, long... sizes) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      parts.add(body.name("/part"));
    }
    List<String> inputs = List.of(x, body.longs(sizes));
    body.graph().node("Split", name, inputs, parts, List.of(integer("axis", 1)));
    return parts;
  }
}
