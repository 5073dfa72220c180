package org.qat4j.format;

import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.numerics.AccumulatorBound;

/** The largest magnitude that the accumulators of an operation can reach: equation (6). */
final class ModelBounds implements Op.Visitor<Long> {
  private final IntegerModel model;

  private ModelBounds(IntegerModel model) {
    this.model = model;
  }

  /** One bound per operation, 0 for those that accumulate nothing. */
  static long[] of(IntegerModel model) {
    ModelBounds bounds = new ModelBounds(model);
    return model.ops().stream().mapToLong(op -> op.accept(bounds)).toArray();
  }

  @Override
  public Long visit(Op.EmbeddingBag o) {
    int largest = 0;
    for (byte q : o.table().codes()) {
      largest = Math.max(largest, Math.abs(q));
    }
    return (long) model.value(o.input()).size() * largest;
  }

  @Override
  public Long visit(Op.Conv1d o) {
    return product(o.input(), o.weights(), o.bias().toArray());
  }

  @Override
  public Long visit(Op.Dense o) {
    return product(o.input(), o.weights(), o.bias().toArray());
  }

  private long product(String input, QuantizedTensor w, int[] bias) {
    Value in = model.value(input);
    return AccumulatorBound.check(in.params(), w.codes(), w.dim(0), w.zeroPoint(), bias);
  }

  @Override
  public Long visit(Op.AvgPool1d o) {
    return sum(o.kernel(), o.input());
  }

  @Override
  public Long visit(Op.GlobalAvgPool o) {
    return sum(model.value(o.input()).shape().get(0), o.input());
  }

  @Override
  public Long visit(Op.Add o) {
    return sum(o.inputs().size(), o.inputs().get(0));
  }

  private long sum(long n, String input) {
    return n * model.value(input).params().maxDistance();
  }

  @Override
  public Long visit(Op.Quantize o) {
    return 0L;
  }

  @Override
  public Long visit(Op.Embedding o) {
    return 0L;
  }

  @Override
  public Long visit(Op.MaxPool1d o) {
    return 0L;
  }

  @Override
  public Long visit(Op.GlobalMaxPool o) {
    return 0L;
  }

  @Override
  public Long visit(Op.Concat o) {
    return 0L;
  }

  @Override
  public Long visit(Op.Flatten o) {
    return 0L;
  }

  @Override
  public Long visit(Op.Lookup o) {
    return 0L;
  }

  @Override
  public Long visit(Op.Softmax o) {
    return 0L;
  }
}
