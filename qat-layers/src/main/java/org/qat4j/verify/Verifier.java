package org.qat4j.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.TextLengths;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.onnx.internal.OnnxValues;
import org.qat4j.qat.QatNetwork;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;

/**
 * Runs the same inputs through the QAT network in evaluation mode, the Java runtime and ONNX
 * Runtime, and compares every value that they make. ONNX Runtime runs twice: with all values as
 * outputs, to find the layer that differs, and as the file that is shipped, fully optimized, whose
 * outputs are compared too.
 */
public final class Verifier {
  private static final int BATCH = 64;

  private final IntegerModel model;
  private final OnnxOptions options;
  private final QatTrace qat;
  private final IntegerRuntime runtime;
  private final Set<String> reached;

  /** Values whose codes the network makes only where they are read. */
  private final Set<String> late = new HashSet<>();

  private final Map<String, Tally> values = new LinkedHashMap<>();
  private final Map<String, Tally> outputs = new LinkedHashMap<>();

  /** The same outputs where a text is cut to its own steps. */
  private final Map<String, Tally> alone = new LinkedHashMap<>();

  private final TextLengths lengths;

  /** The value whose largest element is the answer: the first output before softmax. */
  private final String logits;

  /**
   * Whether different logits may be one answer, as in a sigmoid: then logits alone, which are
   * exact, tell which is the largest.
   */
  private final boolean saturates;

  private IntConsumer progress = done -> {};
  private double logitDifference;
  private int flips;

  private Verifier(IntegerModel model, OnnxOptions options, QatTrace qat) {
    this.model = model;
    this.options = options;
    this.qat = qat;
    this.runtime = new IntegerRuntime(model);
    this.lengths = TextLengths.of(model);
    this.reached = Tolerance.reached(model);
    this.logits = logits(model);
    String answer = model.outputs().get(0);
    this.saturates =
        model.ops().stream().anyMatch(o -> o instanceof Op.RealFunction && o.name().equals(answer));
    for (Op op : model.ops()) {
      values.put(op.name(), tally(op, op.getClass().getSimpleName()));
      if (op instanceof Op.Quantize // of an input, which a layer that only moves values hands on
          || op instanceof Op.Concat
          || op instanceof Op.RealSum
          || op instanceof Op.Elementwise
          || (qat != null && qat.isRoundedLater(op.name()))
          || (op.keepsCodes() && late.contains(op.inputs().get(0)))) {
        late.add(op.name());
      }
    }
    for (Op op : model.ops()) {
      if (model.outputs().contains(op.name())) {
        outputs.put(op.name(), tally(op, "output of the optimized graph"));
        if (lengths.isFlexible()) {
          alone.put(op.name(), tally(op, "output for the text alone"));
        }
      }
    }
  }

  private static String logits(IntegerModel model) {
    String first = model.outputs().get(0);
    for (Op op : model.ops()) {
      if ((op instanceof Op.Softmax || op instanceof Op.RealFunction) && op.name().equals(first)) {
        return op.inputs().get(0);
      }
    }
    return first;
  }

  private Tally tally(Op op, String operation) {
    return new Tally(op.name(), operation, Tolerance.of(model, op));
  }

  /**
   * Compares a model with itself: Java runtime and ONNX Runtime.
   *
   * @param options how the model is written as ONNX
   * @param samples at least one; 1,000 real ones say something
   * @throws QatException if there is no sample or one does not fit the model, or if this machine
   *     cannot compute the form that the options ask for ({@link ByteProducts})
   */
  public static VerifyReport verify(IntegerModel model, OnnxOptions options, List<Sample> samples) {
    return new Verifier(model, options, null).run(samples);
  }

  /** The same, and with the network that the model was frozen from. */
  public static VerifyReport verify(
      QatNetwork network, IntegerModel model, OnnxOptions options, List<Sample> samples) {
    return verify(network, model, options, samples, done -> {});
  }

  /**
   * The same.
   *
   * @param progress is told, batch by batch, how many more samples are done
   */
  public static VerifyReport verify(
      QatNetwork network,
      IntegerModel model,
      OnnxOptions options,
      List<Sample> samples,
      IntConsumer progress) {
    Verifier verifier = new Verifier(model, options, new QatTrace(network, model));
    verifier.progress = progress;
    return verifier.run(samples);
  }

  private VerifyReport run(List<Sample> samples) {
    ByteProducts.require(options);
    byte[] shipped = OnnxExporter.toBytes(model, options);
    byte[] traced = OnnxExporter.toBytes(model, options.withAllValues(true));
    return run(samples, shipped, traced);
  }

  /**
   * Compares with any ONNX files that have the inputs and outputs of the model.
   *
   * @param shipped with the outputs of the model
   * @param traced with all its values as outputs
   */
  static VerifyReport verify(
      IntegerModel model, byte[] shipped, byte[] traced, List<Sample> samples) {
    return new Verifier(model, OnnxOptions.DEFAULT, null).run(samples, shipped, traced);
  }

  private VerifyReport run(List<Sample> samples, byte[] shipped, byte[] traced) {
    if (samples.isEmpty()) {
      throw new QatException("there is nothing to verify: no input was given");
    }
    Map<Op, IsolatedOp> isolated = new LinkedHashMap<>();
    try (OnnxRunner optimized = new OnnxRunner(model, shipped, 1);
        OnnxRunner all = new OnnxRunner(model, traced, 1)) {
      for (Op op : model.ops()) {
        if (reached.contains(op.name())) {
          isolated.put(op, new IsolatedOp(model, op, options));
        }
      }
      for (int from = 0; from < samples.size(); from += BATCH) {
        List<Sample> batch = samples.subList(from, Math.min(from + BATCH, samples.size()));
        List<Trace> java = batch.parallelStream().map(runtime::trace).toList();
        OnnxValues onnx = all.runAll(batch);
        for (Op op : model.ops()) {
          compare(op, java, isolated.containsKey(op) ? isolated.get(op).run(java) : onnx);
        }
        Map<String, float[][]> network = qat == null ? Map.of() : qat.values(batch);
        compareQat(java, network);
        compareOutputs(batch, java, optimized.runAll(batch), network);
        compareAlone(batch, java, optimized);
        progress.accept(batch.size());
      }
    } finally {
      isolated.values().forEach(IsolatedOp::close);
    }
    return report(samples.size());
  }

  private void compare(Op op, List<Trace> java, OnnxValues onnx) {
    String name = op.name();
    boolean codes = !model.value(name).isReal();
    for (int i = 0; i < java.size(); i++) {
      if (codes) {
        values.get(name).compare(java.get(i).codes(name), onnx.codes().get(name)[i]);
      } else {
        values.get(name).compare(java.get(i).reals(name), onnx.reals().get(name)[i]);
      }
    }
  }

  private void compareQat(List<Trace> java, Map<String, float[][]> network) {
    for (Op op : model.ops()) {
      float[][] activations = network.get(op.name());
      for (int i = 0; activations != null && i < java.size(); i++) {
        Tally tally = values.get(op.name());
        if (late.contains(op.name())) {
          tally.compareQat(activations[i], model.value(op.name()), java.get(i).codes(op.name()));
        } else {
          tally.compareQat(activations[i], reals(java.get(i), op.name()));
        }
      }
    }
  }

  private void compareOutputs(
      List<Sample> batch, List<Trace> java, OnnxValues optimized, Map<String, float[][]> network) {
    String first = model.outputs().get(0);
    for (int i = 0; i < batch.size(); i++) {
      for (Map.Entry<String, Tally> output : outputs.entrySet()) {
        float[] onnx = optimized.reals().get(output.getKey())[i];
        output.getValue().compare(reals(java.get(i), output.getKey()), onnx);
      }
      float[] served = runtime.run(batch.get(i));
      if (!Arrays.equals(served, reals(java.get(i), first))) {
        throw new QatException(
            "output \"" + first + "\": the Java runtime differs from its own specification");
      }
      boolean agree =
          saturates || Arrays.equals(classes(served), classes(optimized.reals().get(first)[i]));
      if (network.containsKey(logits)) {
        // Like with like: logits next to each other may be one and the same after softmax.
        float[] javaLogits = reals(java.get(i), logits);
        float[] qatLogits = rounded(network.get(logits)[i]);
        agree &= Arrays.equals(classes(javaLogits), classes(qatLogits));
        logitDifference = Math.max(logitDifference, distance(qatLogits, javaLogits));
      }
      flips += agree ? 0 : 1;
    }
  }

  /** Answers of the network in the codes of the model's, where it makes these only when read. */
  private float[] rounded(float[] answers) {
    if (!late.contains(logits)) {
      return answers;
    }
    QuantParams params = model.value(logits).params();
    float[] rounded = new float[answers.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = params.dequantize(params.quantize(answers[i]));
    }
    return rounded;
  }

  /**
   * Texts without the padding behind them, which must change nothing; those of one length at once.
   */
  private void compareAlone(List<Sample> batch, List<Trace> java, OnnxRunner optimized) {
    Map<List<Integer>, List<Integer>> byLength = new LinkedHashMap<>();
    for (int i = 0; i < batch.size() && lengths.isFlexible(); i++) {
      byLength.computeIfAbsent(steps(batch.get(i)), s -> new ArrayList<>()).add(i);
    }
    for (Map.Entry<List<Integer>, List<Integer>> texts : byLength.entrySet()) {
      List<Sample> cut =
          texts.getValue().stream().map(i -> cut(batch.get(i), texts.getKey())).toList();
      OnnxValues onnx = optimized.runAll(cut);
      for (int i = 0; i < cut.size(); i++) {
        Trace whole = java.get(texts.getValue().get(i));
        compareAlone(batch.get(texts.getValue().get(i)), whole, onnx, i);
      }
    }
  }

  private void compareAlone(Sample text, Trace whole, OnnxValues onnx, int i) {
    Sample alone = cut(text, tokens(text));
    float[][] served = runtime.runAll(alone);
    for (Map.Entry<String, Tally> output : this.alone.entrySet()) {
      float[] java = served[model.outputs().indexOf(output.getKey())];
      float[] expected = Arrays.copyOf(reals(whole, output.getKey()), java.length);
      if (!Arrays.equals(java, expected)) {
        throw new QatException(
            "output \""
                + output.getKey()
                + "\": the Java runtime gives something else for a text alone than for the same"
                + " text with padding behind it");
      }
      float[] given = onnx.reals().get(output.getKey())[i];
      int n = Math.min(java.length, given.length);
      output.getValue().compare(Arrays.copyOf(expected, n), Arrays.copyOf(given, n));
    }
  }

  /** Steps of each input to the last token of those that are cut alike. */
  private List<Integer> tokens(Sample sample) {
    List<Integer> steps = new ArrayList<>();
    for (int i = 0; i < model.inputs().size(); i++) {
      steps.add(
          lengths.isFlexible(i)
              ? lengths.tokens(i, sample::tokens)
              : model.value(model.inputs().get(i).name()).size());
    }
    return steps;
  }

  /** Steps of each input that the text needs. */
  private List<Integer> steps(Sample sample) {
    List<Integer> steps = tokens(sample);
    for (int i = 0; i < steps.size(); i++) {
      if (lengths.isFlexible(i)) {
        steps.set(i, lengths.steps(i, steps.get(i)));
      }
    }
    return steps;
  }

  private Sample cut(Sample sample, List<Integer> steps) {
    int[][] ids = new int[steps.size()][];
    float[][] reals = new float[ids.length][];
    for (int i = 0; i < ids.length; i++) {
      int[] all = sample.tokens(i);
      ids[i] = all == null ? null : Arrays.copyOf(all, steps.get(i));
      reals[i] = sample.reals(i);
    }
    return Sample.of(ids, reals);
  }

  /** Index of the largest value of each row of the first output (12). */
  private int[] classes(float[] output) {
    List<Integer> shape = model.value(model.outputs().get(0)).shape();
    int width = shape.get(shape.size() - 1);
    int[] classes = new int[output.length / width];
    for (int row = 0; row < classes.length; row++) {
      classes[row] =
          IntegerRuntime.argmax(Arrays.copyOfRange(output, row * width, (row + 1) * width));
    }
    return classes;
  }

  private static double distance(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - (double) b[i]));
    }
    return largest;
  }

  private float[] reals(Trace trace, String name) {
    Value value = model.value(name);
    return value.isReal() ? trace.reals(name) : value.dequantize(trace.codes(name));
  }

  private VerifyReport report(int inputs) {
    List<VerifyReport.Layer> layers = new ArrayList<>();
    values.values().forEach(tally -> layers.add(tally.layer()));
    outputs.values().forEach(tally -> layers.add(tally.layer()));
    alone.values().forEach(tally -> layers.add(tally.layer()));
    Tally onnxLogits = model.value(logits).isReal() ? values.get(logits) : outputs.get(logits);
    return new VerifyReport(
        inputs,
        layers.stream().mapToLong(VerifyReport.Layer::javaVsOnnx).sum(),
        layers.stream().mapToLong(VerifyReport.Layer::qatVsJava).sum(),
        flips,
        Math.max(logitDifference, onnxLogits.largest()),
        layers);
  }
}
