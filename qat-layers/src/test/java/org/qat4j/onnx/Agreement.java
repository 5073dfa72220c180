package org.qat4j.onnx;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.RandomModels;
import org.qat4j.model.Value;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.onnx.internal.OnnxValues;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** Counts where the Java runtime and ONNX Runtime differ on random models. */
final class Agreement {
  private static final int BATCH = 8;

  private final OnnxOptions options;
  private final Map<Requantization, Long> differing = new EnumMap<>(Requantization.class);
  private final Set<Class<?>> operations = new HashSet<>();
  private final List<String> mismatches = new ArrayList<>();
  private long codes;
  private long differingCodes;
  private long logits;
  private long differingLogits;
  private double toleratedDifference;

  Agreement(OnnxOptions options) {
    this.options = options;
    for (Requantization r : Requantization.values()) {
      differing.put(r, 0L);
    }
  }

  /** Codes compared. */
  long codes() {
    return codes;
  }

  /** Largest difference of a probability, sigmoid or tanh. */
  double toleratedDifference() {
    return toleratedDifference;
  }

  /** Kinds of operations that made what was compared. */
  Set<Class<?>> operations() {
    return operations;
  }

  /** The first values that differ, with the seed of the model. */
  List<String> mismatches() {
    return mismatches;
  }

  /** Outputs of products that differ from ONNX Runtime's when requantized in that way. */
  long differing(Requantization how) {
    return differing.get(how);
  }

  /** Draws a model and compares every value of some samples. */
  void compare(long seed) {
    IntegerModel model = RandomModels.model(seed);
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      samples.add(RandomModels.sample(model, random));
    }
    compare(seed, model, samples);
  }

  void compare(long seed, IntegerModel model, List<Sample> samples) {
    byte[] shipped = OnnxExporter.toBytes(model, options);
    byte[] traced = OnnxExporter.toBytes(model, options.withAllValues(true));
    try (OnnxRunner plain = new OnnxRunner(model, shipped, 1);
        OnnxRunner all = new OnnxRunner(model, traced, 1)) {
      OnnxValues outputs = plain.runAll(samples);
      OnnxValues values = all.runAll(samples);
      for (int i = 0; i < samples.size(); i++) {
        Trace trace = new ReferenceRuntime(model).trace(samples.get(i));
        String where = "seed " + seed + ", sample " + i + ", ";
        for (Op op : model.ops()) {
          operations.add(op.getClass());
          compareValue(where, model, op, trace, values, i);
        }
        for (String output : model.outputs()) {
          compareOutput(where + "fused ", model, output, trace, outputs.reals().get(output)[i]);
        }
      }
    }
  }

  private void compareValue(
      String where, IntegerModel model, Op op, Trace trace, OnnxValues values, int sample) {
    if (model.value(op.name()).isReal()) {
      compareOutput(where, model, op.name(), trace, values.reals().get(op.name())[sample]);
      return;
    }
    int[] expected = trace.codes(op.name());
    int[] actual = values.codes().get(op.name())[sample];
    long differ = IntStream.range(0, expected.length).filter(j -> expected[j] != actual[j]).count();
    codes += expected.length;
    differingCodes += differ;
    note(differ, where + op.name());
    countVariants(model, op, trace, actual);
  }

  private void countVariants(IntegerModel model, Op op, Trace trace, int[] actual) {
    int[] acc = Accumulators.of(model, op, trace);
    if (acc == null) {
      return;
    }
    Output.Codes output =
        (Output.Codes) (op instanceof Op.Dense d ? d.output() : ((Op.Conv1d) op).output());
    QuantizedTensor w = output.scaled(op.tensors().get(0));
    float x = model.value(op.inputs().get(0)).params().scale();
    for (Requantization how : Requantization.values()) {
      long count = 0;
      for (int i = 0; i < acc.length; i++) {
        float scale = w.scale(i % w.dim(0));
        count += how.apply(acc[i], x, scale, output) != actual[i] ? 1 : 0;
      }
      differing.merge(how, count, Long::sum);
    }
  }

  private void compareOutput(
      String where, IntegerModel model, String name, Trace trace, float[] actual) {
    float[] expected = reals(model, name, trace);
    boolean tolerated = model.ops().stream().anyMatch(o -> o.name().equals(name) && isTolerated(o));
    if (!tolerated) {
      long differ = IntStream.range(0, actual.length).filter(j -> expected[j] != actual[j]).count();
      logits += actual.length;
      differingLogits += differ;
      note(differ, where + name);
      return;
    }
    for (int i = 0; i < actual.length; i++) {
      toleratedDifference = Math.max(toleratedDifference, Math.abs(expected[i] - actual[i]));
    }
  }

  /** Whether ONNX Runtime computes it with exponentials of its own, within a tolerance. */
  private static boolean isTolerated(Op op) {
    return op instanceof Op.Softmax
        || (op instanceof Op.RealFunction f
            && (f.function() == Op.RealFunction.Form.SIGMOID
                || f.function() == Op.RealFunction.Form.TANH));
  }

  private static float[] reals(IntegerModel model, String name, Trace trace) {
    Value value = model.value(name);
    return value.isReal() ? trace.reals(name) : value.dequantize(trace.codes(name));
  }

  private void note(long differ, String where) {
    if (differ > 0 && mismatches.size() < 10) {
      mismatches.add(where + ": " + differ);
    }
  }

  /** The figures that docs/onnx.md gives. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d of %,d codes and %,d of %,d logits differ; probabilities, sigmoids and tanhs by at most %.1e; requantized"
            + " otherwise: %s",
        differingCodes,
        codes,
        differingLogits,
        logits,
        toleratedDifference,
        differing);
  }
}
