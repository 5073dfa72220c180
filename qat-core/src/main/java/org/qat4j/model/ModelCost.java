package org.qat4j.model;

import java.util.List;

/**
 * What one prediction of a model takes, from the shapes of its values alone.
 *
 * @param steps of the longest sequence
 * @param elements of all values together, with what is added around them
 * @param largest of these values
 * @param work multiplications and comparisons
 * @param hardest operation
 */
record ModelCost(Part steps, long elements, Part largest, long work, Part hardest) {

  /**
   * What one value or operation takes.
   *
   * @param amount elements, steps or multiplications
   * @param name of the value or operation
   */
  public record Part(long amount, String name) {
    @Override
    public String toString() {
      return amount + " in \"" + name + "\"";
    }

    private Part max(long other, String otherName) {
      return other > amount ? new Part(other, otherName) : this;
    }
  }

  /** The cost of a model; takes time in proportion to the number of operations. */
  public static ModelCost of(IntegerModel model) {
    Part steps = new Part(0, "");
    Part largest = steps;
    long elements = 0;
    for (var e : model.values().entrySet()) {
      Value value = e.getValue();
      boolean sequence = value.tokens() || value.shape().size() == 2;
      steps = steps.max(sequence ? value.shape().get(0) : 1, e.getKey());
      largest = largest.max(value.size(), e.getKey());
      elements += value.size();
    }
    Part hardest = new Part(0, "");
    long work = 0;
    OpCost cost = new OpCost(model);
    Added padding = new Added(model);
    for (Op op : model.ops()) {
      long added = op.accept(padding);
      largest = largest.max(added, op.name());
      elements = sum(elements, added);
      long own = op.accept(cost);
      hardest = hardest.max(own, op.name());
      work = sum(work, own);
    }
    return new ModelCost(steps, elements, largest, work, hardest);
  }

  private static long sum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private static long product(long... factors) {
    long product = 1;
    for (long f : factors) {
      if (Math.multiplyHigh(product, f) != 0 || product * f < 0) {
        return Long.MAX_VALUE;
      }
      product *= f;
    }
    return product;
  }

  /** Elements of an image or a sequence with its padding; 0 where there is none. */
  private record Added(IntegerModel model) implements OpVisitor {
    @Override
    public Long other(Op op) {
      return 0L;
    }

    @Override
    public Long visit(Op.Conv1d op) {
      List<Integer> in = model.value(op.input()).shape();
      long pads = (long) op.padLeft() + op.padRight();
      return pads == 0 ? 0 : product(in.get(0) + pads, in.get(1));
    }

    @Override
    public Long visit(Op.Conv2d op) {
      return padded(op.input(), op.window());
    }

    @Override
    public Long visit(Op.MaxPool2d op) {
      return padded(op.input(), op.window());
    }

    @Override
    public Long visit(Op.AvgPool2d op) {
      return padded(op.input(), op.window());
    }

    private long padded(String input, Window2d w) {
      List<Integer> in = model.value(input).shape();
      return !w.pads()
          ? 0
          : product(
              (long) in.get(0) + w.padTop() + w.padBottom(),
              (long) in.get(1) + w.padLeft() + w.padRight(),
              in.get(2));
    }
  }

  /** Multiplications and comparisons of an operation. */
  private record OpCost(IntegerModel model) implements OpVisitor {
    private long size(String value) {
      return model.value(value).size();
    }

    private static long size(QuantizedTensor tensor) {
      long size = 1;
      for (int i = 0; i < tensor.rank(); i++) {
        size *= tensor.dim(i);
      }
      return size;
    }

    /** Each element of what it reads and makes once. */
    @Override
    public Long other(Op op) {
      long n = size(op.name());
      for (String input : op.inputs()) {
        n += size(input);
      }
      return n;
    }

    @Override
    public Long visit(Op.EmbeddingBag op) {
      return product(size(op.input()), op.table().dim(1));
    }

    @Override
    public Long visit(Op.Conv1d op) {
      return product(model.value(op.name()).shape().get(0), size(op.weights()));
    }

    @Override
    public Long visit(Op.Dense op) {
      return product(size(op.name()), op.weights().dim(1));
    }

    @Override
    public Long visit(Op.MaxPool1d op) {
      return product(size(op.name()), op.kernel());
    }

    @Override
    public Long visit(Op.AvgPool1d op) {
      return product(size(op.name()), op.kernel());
    }

    @Override
    public Long visit(Op.Recurrent op) {
      long weights = size(op.weights()) + size(op.recurrent());
      return product(model.value(op.input()).shape().get(0), weights);
    }

    /** Queries with keys, then weights with values. */
    @Override
    public Long visit(Op.Attention op) {
      return product(2, model.value(op.input()).shape().get(0), size(op.input()));
    }

    @Override
    public Long visit(Op.Conv2d op) {
      List<Integer> out = model.value(op.name()).shape();
      return product(out.get(0), out.get(1), size(op.weights()));
    }

    @Override
    public Long visit(Op.MaxPool2d op) {
      return product(size(op.name()), op.window().taps());
    }

    @Override
    public Long visit(Op.AvgPool2d op) {
      return product(size(op.name()), op.window().taps());
    }
  }
}
