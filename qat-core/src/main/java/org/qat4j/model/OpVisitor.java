package org.qat4j.model;

/** A visitor that treats most operations alike. */
interface OpVisitor extends Op.Visitor<Long> {
  /** What an operation gives that is not treated apart. */
  Long other(Op op);

  @Override
  default Long visit(Op.Quantize op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Embedding op) {
    return other(op);
  }

  @Override
  default Long visit(Op.EmbeddingBag op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Conv1d op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Dense op) {
    return other(op);
  }

  @Override
  default Long visit(Op.MaxPool1d op) {
    return other(op);
  }

  @Override
  default Long visit(Op.GlobalMaxPool op) {
    return other(op);
  }

  @Override
  default Long visit(Op.AvgPool1d op) {
    return other(op);
  }

  @Override
  default Long visit(Op.GlobalAvgPool op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Concat op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Add op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Flatten op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Lookup op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Softmax op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Recurrent op) {
    return other(op);
  }

  @Override
  default Long visit(Op.LastStep op) {
    return other(op);
  }

  @Override
  default Long visit(Op.NotZero op) {
    return other(op);
  }

  @Override
  default Long visit(Op.RealSum op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Masked op) {
    return other(op);
  }

  @Override
  default Long visit(Op.MaskedMean op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Attention op) {
    return other(op);
  }

  @Override
  default Long visit(Op.LayerNorm op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Conv2d op) {
    return other(op);
  }

  @Override
  default Long visit(Op.MaxPool2d op) {
    return other(op);
  }

  @Override
  default Long visit(Op.AvgPool2d op) {
    return other(op);
  }

  @Override
  default Long visit(Op.GlobalSumPool op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Select op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Transpose op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Reshape op) {
    return other(op);
  }

  @Override
  default Long visit(Op.Elementwise op) {
    return other(op);
  }

  @Override
  default Long visit(Op.RealFunction op) {
    return other(op);
  }
}
