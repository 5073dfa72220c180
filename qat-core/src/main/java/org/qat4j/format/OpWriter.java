package org.qat4j.format;

import org.qat4j.model.IntVector;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.numerics.QuantParams;

/** Writes one operation; {@link OpReader} is its mirror. */
final class OpWriter implements Op.Visitor<Void> {
  static final int QUANTIZE = 0;
  static final int EMBEDDING = 1;
  static final int EMBEDDING_BAG = 2;
  static final int CONV_1D = 3;
  static final int DENSE = 4;
  static final int MAX_POOL_1D = 5;
  static final int GLOBAL_MAX_POOL = 6;
  static final int AVG_POOL_1D = 7;
  static final int GLOBAL_AVG_POOL = 8;
  static final int CONCAT = 9;
  static final int ADD = 10;
  static final int FLATTEN = 11;
  static final int LOOKUP = 12;
  static final int SOFTMAX = 13;

  private final ByteSink out;

  OpWriter(ByteSink out) {
    this.out = out;
  }

  private void head(int kind, Op op) {
    out.u8(kind);
    out.string(op.name());
    out.list(op.inputs(), out::string);
  }

  @Override
  public Void visit(Op.Quantize o) {
    head(QUANTIZE, o);
    return params(o.params());
  }

  @Override
  public Void visit(Op.Embedding o) {
    head(EMBEDDING, o);
    TensorCodec.write(out, o.table());
    return null;
  }

  @Override
  public Void visit(Op.EmbeddingBag o) {
    head(EMBEDDING_BAG, o);
    TensorCodec.write(out, o.table());
    out.bool(o.mean());
    return params(o.output());
  }

  @Override
  public Void visit(Op.Conv1d o) {
    head(CONV_1D, o);
    TensorCodec.write(out, o.weights());
    ints(o.bias());
    out.i32(o.stride());
    out.i32(o.dilation());
    out.i32(o.padLeft());
    out.i32(o.padRight());
    return output(o.output());
  }

  @Override
  public Void visit(Op.Dense o) {
    head(DENSE, o);
    TensorCodec.write(out, o.weights());
    ints(o.bias());
    return output(o.output());
  }

  @Override
  public Void visit(Op.MaxPool1d o) {
    head(MAX_POOL_1D, o);
    out.i32(o.kernel());
    out.i32(o.stride());
    return null;
  }

  @Override
  public Void visit(Op.GlobalMaxPool o) {
    head(GLOBAL_MAX_POOL, o);
    return null;
  }

  @Override
  public Void visit(Op.AvgPool1d o) {
    head(AVG_POOL_1D, o);
    out.i32(o.kernel());
    out.i32(o.stride());
    return params(o.output());
  }

  @Override
  public Void visit(Op.GlobalAvgPool o) {
    head(GLOBAL_AVG_POOL, o);
    return params(o.output());
  }

  @Override
  public Void visit(Op.Concat o) {
    head(CONCAT, o);
    return params(o.output());
  }

  @Override
  public Void visit(Op.Add o) {
    head(ADD, o);
    return params(o.output());
  }

  @Override
  public Void visit(Op.Flatten o) {
    head(FLATTEN, o);
    return null;
  }

  @Override
  public Void visit(Op.Lookup o) {
    head(LOOKUP, o);
    ints(o.table());
    return params(o.output());
  }

  @Override
  public Void visit(Op.Softmax o) {
    head(SOFTMAX, o);
    return null;
  }

  private void ints(IntVector v) {
    out.i32(v.size());
    for (int i = 0; i < v.size(); i++) {
      out.i32(v.get(i));
    }
  }

  private Void params(QuantParams p) {
    out.f32(p.scale());
    out.i32(p.zeroPoint());
    out.i32(p.qmin());
    out.i32(p.qmax());
    return null;
  }

  private Void output(Output output) {
    if (output instanceof Output.Codes codes) {
      out.u8(1);
      params(codes.params());
      out.i32(codes.lo());
      out.i32(codes.hi());
    } else {
      out.u8(0);
    }
    return null;
  }
}
