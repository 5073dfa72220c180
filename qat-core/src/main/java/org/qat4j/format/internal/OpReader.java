package org.qat4j.format.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.model.Cell;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;

/** Reads operations from records; {@link OpWriter} is its mirror. */
public final class OpReader {
  private final ByteSource in;
  private final Map<String, Long> bounds = new LinkedHashMap<>();

  public OpReader(ByteSource in) {
    this.in = in;
  }

  public Op read() {
    RecordReader r = new RecordReader(in);
    String name = r.text("name");
    try {
      if (r.has("bound")) {
        bounds.put(name, r.wide("bound"));
      }
      Op op = read(r, name, r.texts("inputs"));
      r.end();
      return op;
    } catch (QatException e) {
      throw new QatException("operation \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private static Op read(RecordReader r, String name, List<String> inputs) {
    return switch (r.kind()) {
      case "Quantize" -> new Op.Quantize(name, only(inputs), r.codes("output"));
      case "Embedding" -> new Op.Embedding(name, only(inputs), r.tensor("table"));
      case "EmbeddingBag" ->
          new Op.EmbeddingBag(
              name, only(inputs), r.tensor("table"), r.truth("mean"), r.codes("output"));
      case "Conv1d" -> conv(r, name, only(inputs));
      case "Dense" -> dense(r, name, only(inputs));
      case "MaxPool1d" ->
          new Op.MaxPool1d(name, only(inputs), r.integer("kernel"), r.integer("stride"));
      case "GlobalMaxPool" -> new Op.GlobalMaxPool(name, only(inputs));
      case "AvgPool1d" ->
          new Op.AvgPool1d(
              name, only(inputs), r.integer("kernel"), r.integer("stride"), r.codes("output"));
      case "GlobalAvgPool" -> new Op.GlobalAvgPool(name, only(inputs), r.codes("output"));
      case "Concat" -> new Op.Concat(name, inputs, r.codes("output"));
      case "Add" -> new Op.Add(name, inputs, r.codes("output"));
      case "Flatten" -> new Op.Flatten(name, only(inputs));
      case "Lookup" -> new Op.Lookup(name, only(inputs), r.integers("table"), r.codes("output"));
      case "Conv2d" ->
          new Op.Conv2d(
              name,
              only(inputs),
              r.tensor("weights"),
              r.integers("bias"),
              window(r),
              r.integer("groups"),
              output(r));
      case "MaxPool2d" -> new Op.MaxPool2d(name, only(inputs), window(r));
      case "AvgPool2d" ->
          new Op.AvgPool2d(
              name,
              only(inputs),
              window(r),
              r.has("inside") && r.truth("inside"),
              r.codes("output"));
      case "GlobalSumPool" -> new Op.GlobalSumPool(name, only(inputs), r.codes("output"));
      case "Select" -> new Op.Select(name, only(inputs), r.integer("axis"), r.integers("places"));
      case "Transpose" -> new Op.Transpose(name, only(inputs), r.integers("order"));
      case "Reshape" -> new Op.Reshape(name, only(inputs), r.integers("shape"));
      case "Elementwise" ->
          new Op.Elementwise(name, function(r.text("function")), inputs, r.codes("output"));
      case "Softmax" -> new Op.Softmax(name, only(inputs));
      case "RealFunction" ->
          new Op.RealFunction(
              name,
              realFunction(r.text("function")),
              only(inputs),
              r.has("slope") ? Float.intBitsToFloat(r.integer("slope")) : 0);
      case "Lstm", "SimpleRnn" -> recurrent(r, name, inputs);
      case "RealSum" -> new Op.RealSum(name, inputs, r.codes("output"), exponents(r));
      case "Masked" ->
          new Op.Masked(name, first(inputs), mask(inputs), r.has("zero") && r.truth("zero"));
      case "MaskedMean" -> new Op.MaskedMean(name, first(inputs), mask(inputs), r.codes("output"));
      case "LastStep" -> new Op.LastStep(name, first(inputs), mask(inputs));
      case "Attention" ->
          new Op.Attention(
              name,
              first(inputs),
              mask(inputs),
              r.integer("heads"),
              r.has("prefix") ? r.integer("prefix") : AttentionStep.EVERYTHING,
              r.integers("exponential"),
              r.codes("output"));
      case "LayerNorm" ->
          new Op.LayerNorm(
              name,
              only(inputs),
              r.integers("gain"),
              r.integers("bias"),
              r.integer("shift"),
              r.has("epsilon") ? Double.longBitsToDouble(r.wide("epsilon")) : LayerNormStep.EPSILON,
              r.codes("output"));
      case "NotZero" -> new Op.NotZero(name, inputs);
      default ->
          throw new QatException(
              "the kind \"" + r.kind() + "\" is unknown to this program; a newer one may know it");
    };
  }

  private static Window2d window(RecordReader r) {
    int[] w = r.integers("window").toArray();
    if (w.length != 10) {
      throw new QatException(w.length + " numbers for a window, which has 10");
    }
    return new Window2d(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9]);
  }

  private static Op.Elementwise.Function function(String name) {
    for (Op.Elementwise.Function f : Op.Elementwise.Function.values()) {
      if (f.name().equals(name)) {
        return f;
      }
    }
    throw new QatException("the function \"" + name + "\" is unknown to this program");
  }

  private static Op.RealFunction.Form realFunction(String name) {
    for (Op.RealFunction.Form f : Op.RealFunction.Form.values()) {
      if (f.name().equals(name)) {
        return f;
      }
    }
    throw new QatException("the function \"" + name + "\" is unknown to this program");
  }

  private static Op conv(RecordReader r, String name, String input) {
    QuantizedTensor weights = r.tensor("weights");
    IntVector bias = r.integers("bias");
    int stride = r.integer("stride");
    int dilation = r.integer("dilation");
    int left = r.integer("padLeft");
    int right = r.integer("padRight");
    return new Op.Conv1d(name, input, weights, bias, stride, dilation, left, right, output(r));
  }

  private static Op dense(RecordReader r, String name, String input) {
    return new Op.Dense(name, input, r.tensor("weights"), r.integers("bias"), output(r));
  }

  private static Op recurrent(RecordReader r, String name, List<String> inputs) {
    IntVector activation = r.integers("activation");
    int argument = r.has("argument") ? r.integer("argument") : Cell.ARGUMENT;
    int value = r.has("value") ? r.integer("value") : Cell.VALUE;
    return new Op.Recurrent(
        name,
        first(inputs),
        mask(inputs),
        r.tensor("weights"),
        r.tensor("recurrent"),
        r.integers("bias"),
        r.kind().equals("Lstm")
            ? new Cell.Lstm(
                r.integer("shift"),
                r.integers("gate"),
                activation,
                argument,
                value,
                r.has("peepholes") ? r.tensor("peepholes") : null)
            : new Cell.Simple(activation, argument, value),
        r.truth("reverse"),
        r.codes("output"));
  }

  private static Output output(RecordReader r) {
    return r.has("output")
        ? new Output.Codes(r.codes("output"), r.integer("lo"), r.integer("hi"), exponents(r))
        : new Output.Real();
  }

  private static IntVector exponents(RecordReader r) {
    return r.has("exponents") ? r.integers("exponents") : Value.ONE_SCALE;
  }

  private static String only(List<String> inputs) {
    if (inputs.size() != 1) {
      throw new QatException(inputs.size() + " inputs where one is expected");
    }
    return inputs.get(0);
  }

  /** The first of one or two inputs; the second is a mask. */
  private static String first(List<String> inputs) {
    if (inputs.isEmpty() || inputs.size() > 2) {
      throw new QatException(inputs.size() + " inputs where one and a mask are expected");
    }
    return inputs.get(0);
  }

  private static String mask(List<String> inputs) {
    return inputs.size() == 2 ? inputs.get(1) : null;
  }

  /** Compares the bounds of (6) in the file with those that follow from the weights. */
  public void checkBounds(IntegerModel model) {
    for (Op op : model.ops()) {
      long reach = model.accumulatorBound(op.name());
      long promised = bounds.getOrDefault(op.name(), 0L);
      if (reach > promised) {
        throw new QatException(
            "operation \""
                + op.name()
                + "\": its accumulators can reach "
                + reach
                + ", but the file promises at most "
                + promised);
      }
    }
  }
}
