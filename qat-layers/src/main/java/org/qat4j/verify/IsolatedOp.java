package org.qat4j.verify;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Value;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.onnx.internal.OnnxValues;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;

/**
 * One operation alone in ONNX Runtime, on the values that the Java runtime gave it: a difference
 * further up cannot reach it.
 */
final class IsolatedOp implements AutoCloseable {
  private static final String REAL = "/real";

  private final IntegerModel model;
  private final List<String> inputs;
  private final OnnxRunner runner;

  /**
   * @param op an operation of {@code model}
   */
  IsolatedOp(IntegerModel model, Op op, OnnxOptions options) {
    this.model = model;
    this.inputs = List.copyOf(new LinkedHashSet<>(op.inputs()));
    List<Input> given = new ArrayList<>();
    List<Op> ops = new ArrayList<>();
    for (String name : inputs) {
      Value value = model.value(name);
      if (value.isCodes()) {
        // Real values that stand for codes give these codes again by (2).
        given.add(new Input(name + REAL, Input.Kind.REAL, value.shape(), 0));
        ops.add(new Op.Quantize(name, name + REAL, value.params()));
      } else {
        given.add(
            model.inputs().stream()
                .filter(input -> input.name().equals(name))
                .findAny()
                .orElseGet(() -> new Input(name, Input.Kind.REAL, value.shape(), 0)));
      }
    }
    ops.add(op);
    IntegerModel alone =
        new IntegerModel(op.name(), given, ops, List.of(op.name()), List.of(), List.of());
    byte[] onnx = OnnxExporter.toBytes(alone, options.withAllValues(true));
    this.runner = new OnnxRunner(alone, onnx, 1);
  }

  /** What ONNX Runtime makes of the inputs that the traces have. */
  OnnxValues run(List<Trace> traces) {
    return runner.runAll(traces.stream().map(this::sample).toList());
  }

  private Sample sample(Trace trace) {
    int[][] tokens = new int[inputs.size()][];
    float[][] reals = new float[inputs.size()][];
    for (int i = 0; i < reals.length; i++) {
      String name = inputs.get(i);
      Value value = model.value(name);
      if (value.tokens()) {
        tokens[i] = trace.codes(name);
      } else {
        reals[i] = value.isReal() ? trace.reals(name) : value.dequantize(trace.codes(name));
      }
    }
    return Sample.of(tokens, reals);
  }

  @Override
  public void close() {
    runner.close();
  }
}
