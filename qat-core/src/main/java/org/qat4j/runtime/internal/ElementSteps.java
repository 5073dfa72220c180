package org.qat4j.runtime.internal;

import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Softmax;
import org.qat4j.runtime.reference.internal.RealFunctions;

/** Steps that work on one element after the other. */
final class ElementSteps {
  private ElementSteps() {}

  /** Real values to codes by (2). */
  record Quantize(int realSlot, QuantParams params, Place to, int size) implements Step {
    @Override
    public void run(Workspace w) {
      float[] x = w.reals[realSlot];
      int[] out = w.ints[to.slot()];
      for (int i = 0; i < size; i++) {
        out[to.offset() + i] = params.quantize(x[i]) - params.zeroPoint();
      }
    }
  }

  /**
   * A function of one code, written into some of the channels of the result: table lookup (8), and
   * the change of scale of a concatenation, by (1) then (2).
   *
   * @param table new q − z of each code, from the lowest on
   * @param lowest q − z of the first entry of the table
   * @param rows steps
   * @param width channels of the input
   * @param outWidth channels of the result
   * @param to place of the first element written
   */
  record Map(IntVector table, int lowest, Place from, Place to, int rows, int width, int outWidth)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] out = w.ints[to.slot()];
      for (int r = 0; r < rows; r++) {
        int in = from.offset() + r * width;
        int at = to.offset() + r * outWidth;
        for (int i = 0; i < width; i++) {
          out[at + i] = table.get(x[in + i] - lowest);
        }
      }
    }
  }

  /**
   * Codes of another scale by (1) then (2), written into some of the channels of the result.
   *
   * @param scale of the input
   * @param rows steps
   * @param width channels of the input
   * @param outWidth channels of the result
   * @param to place of the first element written
   */
  record Rescale(
      float scale, QuantParams output, Place from, Place to, int rows, int width, int outWidth)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] out = w.ints[to.slot()];
      for (int r = 0; r < rows; r++) {
        int in = from.offset() + r * width;
        int at = to.offset() + r * outWidth;
        for (int i = 0; i < width; i++) {
          out[at + i] = output.quantize(scale * (float) x[in + i]) - output.zeroPoint();
        }
      }
    }
  }

  /**
   * Sum of values that share scale and zero point (10).
   *
   * @param table q − z of the result for each possible sum
   * @param lowest smallest possible sum
   */
  record Add(IntVector table, int lowest, List<Place> from, Place to, int size) implements Step {
    @Override
    public void run(Workspace w) {
      int[] out = w.ints[to.slot()];
      for (int i = 0; i < size; i++) {
        int sum = -lowest;
        for (int j = 0; j < from.size(); j++) {
          Place p = from.get(j);
          sum += w.ints[p.slot()][p.offset() + i];
        }
        out[to.offset() + i] = table.get(sum);
      }
    }
  }

  /**
   * Values in another order.
   *
   * @param sources for each element of the result one of the input; −1 for real 0
   */
  record Move(IntVector sources, Place from, Place to) implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] out = w.ints[to.slot()];
      for (int i = 0; i < sources.size(); i++) {
        int source = sources.get(i);
        out[to.offset() + i] = source < 0 ? 0 : x[from.offset() + source];
      }
    }
  }

  /**
   * Differences, products, means and maxima (10).
   *
   * @param scale of the accumulator
   */
  record Combination(
      Op.Elementwise.Function function,
      List<Place> from,
      float scale,
      QuantParams params,
      Place to,
      int size)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] out = w.ints[to.slot()];
      int n = from.size();
      for (int i = 0; i < size; i++) {
        int acc = at(w, 0, i);
        for (int j = 1; j < n; j++) {
          int x = at(w, j, i);
          acc =
              switch (function) {
                case DIFFERENCE -> acc - x;
                case PRODUCT -> acc * x;
                case MEAN -> acc + x;
                case MAX -> Math.max(acc, x);
              };
        }
        out[to.offset() + i] =
            switch (function) {
              case MAX -> acc;
              case MEAN -> code((float) acc * scale / (float) n);
              case DIFFERENCE, PRODUCT -> code((float) acc * scale);
            };
      }
    }

    private int at(Workspace w, int input, int i) {
      Place p = from.get(input);
      return w.ints[p.slot()][p.offset() + i];
    }

    private int code(float real) {
      return params.quantize(real) - params.zeroPoint();
    }
  }

  /** Softmax over the last dimension. */
  record Probabilities(int fromSlot, int toSlot, int size, int width) implements Step {
    @Override
    public void run(Workspace w) {
      run(w, 0, size / width);
    }

    @Override
    public void run(Workspace w, int from, int to) {
      for (int at = from * width; at < Math.min(size, to * width); at += width) {
        Softmax.apply(w.reals[fromSlot], w.reals[toSlot], at, width);
      }
    }
  }

  /** A function of each real value. */
  record Functions(Op.RealFunction op, int fromSlot, int toSlot, int size) implements Step {
    @Override
    public void run(Workspace w) {
      RealFunctions.apply(op, w.reals[fromSlot], w.reals[toSlot], size);
    }
  }
}
