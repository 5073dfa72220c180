package org.qat4j.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;

/** Reads operations from records; {@link OpWriter} is its mirror. */
final class OpReader {
  private final ByteSource in;
  private final Map<String, Long> bounds = new LinkedHashMap<>();

  OpReader(ByteSource in) {
    this.in = in;
  }

  Op read() {
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
      case "Softmax" -> new Op.Softmax(name, only(inputs));
      default ->
          throw new QatException(
              "the kind \"" + r.kind() + "\" is unknown to this program; a newer one may know it");
    };
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

  private static Output output(RecordReader r) {
    return r.has("output")
        ? new Output.Codes(r.codes("output"), r.integer("lo"), r.integer("hi"))
        : new Output.Real();
  }

  private static String only(List<String> inputs) {
    if (inputs.size() != 1) {
      throw new QatException(inputs.size() + " inputs where one is expected");
    }
    return inputs.get(0);
  }

  /** Compares the bounds of (6) in the file with those that follow from the weights. */
  void checkBounds(IntegerModel model) {
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
