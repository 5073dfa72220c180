package org.qat4j.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;

/**
 * Which operations ONNX Runtime computes in its own way, and how far it may be from the Java
 * runtime.
 */
final class Tolerance {
  /**
   * Of a sigmoid or a tanh: ONNX Runtime computes them as quotients of polynomials in float32,
   * whose values lie in [−1, 1].
   */
  private static final double FUNCTION = 16 * 0x1p-24;

  private Tolerance() {}

  /**
   * Largest difference allowed; 0 for exact operations.
   *
   * <p>Softmax over n values: both engines subtract the same maximum and err by few units in the
   * last place (2^−24) in each exponential and in the quotient, and by at most n of them in the
   * sum; a probability is at most 1.
   */
  static double of(IntegerModel model, Op op) {
    if (op instanceof Op.Softmax) {
      List<Integer> shape = model.value(op.name()).shape();
      return (2 * shape.get(shape.size() - 1) + 16) * 0x1p-24;
    }
    if (op instanceof Op.RealFunction f
        && (f.function() == Op.RealFunction.Form.SIGMOID
            || f.function() == Op.RealFunction.Form.TANH)) {
      return FUNCTION;
    }
    return 0;
  }

  /** Operations that have a tolerance, and those that read what such an operation made. */
  static Set<String> reached(IntegerModel model) {
    Set<String> reached = new HashSet<>();
    for (Op op : model.ops()) {
      if (of(model, op) > 0 || op.inputs().stream().anyMatch(reached::contains)) {
        reached.add(op.name());
      }
    }
    return reached;
  }
}
