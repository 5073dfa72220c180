package org.qat4j.format;

import java.util.List;
import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/** Reads one operation; {@link OpWriter} is its mirror. */
final class OpReader {
  /** The least that an operation takes: kind, two empty lists. */
  static final int MIN_BYTES = 9;

  private static final int KINDS = OpWriter.SOFTMAX + 1;

  private final ByteSource in;

  OpReader(ByteSource in) {
    this.in = in;
  }

  Op read() {
    int kind = in.choice(KINDS, "operation kind");
    String name = in.string();
    try {
      return read(kind, name, in.list(Integer.BYTES, in::string));
    } catch (QatException e) {
      throw new QatException("operation \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private Op read(int kind, String name, List<String> inputs) {
    return switch (kind) {
      case OpWriter.QUANTIZE -> new Op.Quantize(name, only(inputs), params());
      case OpWriter.EMBEDDING -> new Op.Embedding(name, only(inputs), TensorCodec.read(in));
      case OpWriter.EMBEDDING_BAG ->
          new Op.EmbeddingBag(name, only(inputs), TensorCodec.read(in), in.bool(), params());
      case OpWriter.CONV_1D -> conv(name, only(inputs));
      case OpWriter.DENSE -> dense(name, only(inputs));
      case OpWriter.MAX_POOL_1D -> new Op.MaxPool1d(name, only(inputs), in.i32(), in.i32());
      case OpWriter.GLOBAL_MAX_POOL -> new Op.GlobalMaxPool(name, only(inputs));
      case OpWriter.AVG_POOL_1D ->
          new Op.AvgPool1d(name, only(inputs), in.i32(), in.i32(), params());
      case OpWriter.GLOBAL_AVG_POOL -> new Op.GlobalAvgPool(name, only(inputs), params());
      case OpWriter.CONCAT -> new Op.Concat(name, inputs, params());
      case OpWriter.ADD -> new Op.Add(name, inputs, params());
      case OpWriter.FLATTEN -> new Op.Flatten(name, only(inputs));
      case OpWriter.LOOKUP -> new Op.Lookup(name, only(inputs), ints(), params());
      default -> new Op.Softmax(name, only(inputs));
    };
  }

  private Op conv(String name, String input) {
    QuantizedTensor weights = TensorCodec.read(in);
    IntVector bias = ints();
    int stride = in.i32();
    int dilation = in.i32();
    int padLeft = in.i32();
    int padRight = in.i32();
    return new Op.Conv1d(name, input, weights, bias, stride, dilation, padLeft, padRight, output());
  }

  private Op dense(String name, String input) {
    QuantizedTensor weights = TensorCodec.read(in);
    IntVector bias = ints();
    return new Op.Dense(name, input, weights, bias, output());
  }

  private String only(List<String> inputs) {
    if (inputs.size() != 1) {
      throw in.error(inputs.size() + " inputs where one is expected");
    }
    return inputs.get(0);
  }

  private IntVector ints() {
    int[] values = new int[in.count(Integer.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.i32();
    }
    return IntVector.of(values);
  }

  private QuantParams params() {
    float scale = in.f32();
    int zeroPoint = in.i32();
    int qmin = in.i32();
    return new QuantParams(scale, zeroPoint, qmin, in.i32());
  }

  private Output output() {
    if (!in.bool()) {
      return new Output.Real();
    }
    QuantParams params = params();
    int lo = in.i32();
    return new Output.Codes(params, lo, in.i32());
  }
}
