package org.qat4j.format.internal;

import org.qat4j.model.Cell;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;

/** Writes operations as records; {@link OpReader} is its mirror. */
public final class OpWriter implements Op.Visitor<RecordWriter> {
  private final ByteSink out;
  private final IntegerModel model;

  public OpWriter(ByteSink out, IntegerModel model) {
    this.out = out;
    this.model = model;
  }

  public void write(Op op) {
    op.accept(this).end();
  }

  private RecordWriter op(String kind, Op op) {
    return new RecordWriter(out, kind).text("name", op.name()).texts("inputs", op.inputs());
  }

  /** An operation that adds up codes: with the bound of (6) on what it can reach. */
  private RecordWriter accumulating(String kind, Op op) {
    return op(kind, op).integer("bound", model.accumulatorBound(op.name()));
  }

  @Override
  public RecordWriter visit(Op.Quantize o) {
    return op("Quantize", o).codes("output", o.params());
  }

  @Override
  public RecordWriter visit(Op.Embedding o) {
    return op("Embedding", o).tensor("table", o.table());
  }

  @Override
  public RecordWriter visit(Op.EmbeddingBag o) {
    return accumulating("EmbeddingBag", o)
        .tensor("table", o.table())
        .truth("mean", o.mean())
        .codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Conv1d o) {
    RecordWriter record =
        accumulating("Conv1d", o)
            .tensor("weights", o.weights())
            .integers("bias", o.bias())
            .integer("stride", o.stride())
            .integer("dilation", o.dilation())
            .integer("padLeft", o.padLeft())
            .integer("padRight", o.padRight());
    return output(record, o.output());
  }

  @Override
  public RecordWriter visit(Op.Dense o) {
    RecordWriter record =
        accumulating("Dense", o).tensor("weights", o.weights()).integers("bias", o.bias());
    return output(record, o.output());
  }

  private static RecordWriter output(RecordWriter record, Output output) {
    return output instanceof Output.Codes codes
        ? exponents(
            record
                .codes("output", codes.params())
                .integer("lo", codes.lo())
                .integer("hi", codes.hi()),
            codes.exponents())
        : record;
  }

  private static RecordWriter exponents(RecordWriter record, IntVector exponents) {
    return exponents.size() == 0 ? record : record.integers("exponents", exponents);
  }

  @Override
  public RecordWriter visit(Op.MaxPool1d o) {
    return op("MaxPool1d", o).integer("kernel", o.kernel()).integer("stride", o.stride());
  }

  @Override
  public RecordWriter visit(Op.GlobalMaxPool o) {
    return op("GlobalMaxPool", o);
  }

  @Override
  public RecordWriter visit(Op.AvgPool1d o) {
    return accumulating("AvgPool1d", o)
        .integer("kernel", o.kernel())
        .integer("stride", o.stride())
        .codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.GlobalAvgPool o) {
    return accumulating("GlobalAvgPool", o).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Concat o) {
    return op("Concat", o).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Add o) {
    return accumulating("Add", o).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Flatten o) {
    return op("Flatten", o);
  }

  @Override
  public RecordWriter visit(Op.Lookup o) {
    return op("Lookup", o).integers("table", o.table()).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Softmax o) {
    return op("Softmax", o);
  }

  @Override
  public RecordWriter visit(Op.RealFunction o) {
    RecordWriter record = op("RealFunction", o).text("function", o.function().name());
    return o.function() == Op.RealFunction.Form.LEAKY_RELU
        ? record.integer("slope", Float.floatToIntBits(o.slope()))
        : record;
  }

  @Override
  public RecordWriter visit(Op.Recurrent o) {
    RecordWriter record =
        accumulating(o.cell() instanceof Cell.Lstm ? "Lstm" : "SimpleRnn", o)
            .tensor("weights", o.weights())
            .tensor("recurrent", o.recurrent())
            .integers("bias", o.bias())
            .integers("activation", o.cell().activation())
            .truth("reverse", o.reverse())
            .codes("output", o.output());
    if (o.cell().argument() != Cell.ARGUMENT) {
      record = record.integer("argument", o.cell().argument());
    }
    if (o.cell().value() != Cell.VALUE) {
      record = record.integer("value", o.cell().value());
    }
    if (o.cell().peepholes() != null) {
      record = record.tensor("peepholes", o.cell().peepholes());
    }
    return o.cell() instanceof Cell.Lstm lstm
        ? record.integers("gate", lstm.gate()).integer("shift", lstm.shift())
        : record;
  }

  @Override
  public RecordWriter visit(Op.LastStep o) {
    return op("LastStep", o);
  }

  @Override
  public RecordWriter visit(Op.NotZero o) {
    return op("NotZero", o);
  }

  @Override
  public RecordWriter visit(Op.Attention o) {
    RecordWriter record = accumulating("Attention", o).integer("heads", o.heads());
    if (o.prefix() != AttentionStep.EVERYTHING) {
      record = record.integer("prefix", o.prefix());
    }
    return record.integers("exponential", o.exponential()).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.LayerNorm o) {
    RecordWriter record =
        accumulating("LayerNorm", o)
            .integers("gain", o.gain())
            .integers("bias", o.bias())
            .integer("shift", o.shift());
    if (o.epsilon() != LayerNormStep.EPSILON) {
      record = record.integer("epsilon", Double.doubleToLongBits(o.epsilon()));
    }
    return record.codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Masked o) {
    RecordWriter record = op("Masked", o);
    return o.zero() ? record.truth("zero", true) : record;
  }

  @Override
  public RecordWriter visit(Op.MaskedMean o) {
    return accumulating("MaskedMean", o).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.RealSum o) {
    return exponents(op("RealSum", o).codes("output", o.output()), o.exponents());
  }

  @Override
  public RecordWriter visit(Op.Conv2d o) {
    RecordWriter record =
        accumulating("Conv2d", o)
            .tensor("weights", o.weights())
            .integers("bias", o.bias())
            .integers("window", o.window().toVector())
            .integer("groups", o.groups());
    return output(record, o.output());
  }

  @Override
  public RecordWriter visit(Op.MaxPool2d o) {
    return op("MaxPool2d", o).integers("window", o.window().toVector());
  }

  @Override
  public RecordWriter visit(Op.AvgPool2d o) {
    RecordWriter record = accumulating("AvgPool2d", o).integers("window", o.window().toVector());
    return (o.inside() ? record.truth("inside", true) : record).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.GlobalSumPool o) {
    return accumulating("GlobalSumPool", o).codes("output", o.output());
  }

  @Override
  public RecordWriter visit(Op.Select o) {
    return op("Select", o).integer("axis", o.axis()).integers("places", o.places());
  }

  @Override
  public RecordWriter visit(Op.Transpose o) {
    return op("Transpose", o).integers("order", o.order());
  }

  @Override
  public RecordWriter visit(Op.Reshape o) {
    return op("Reshape", o).integers("shape", o.shape());
  }

  @Override
  public RecordWriter visit(Op.Elementwise o) {
    return accumulating("Elementwise", o)
        .text("function", o.function().name())
        .codes("output", o.output());
  }
}
