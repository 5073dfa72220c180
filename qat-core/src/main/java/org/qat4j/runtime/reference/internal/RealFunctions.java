package org.qat4j.runtime.reference.internal;

import org.qat4j.model.Op;
import org.qat4j.numerics.internal.Softmax;

/**
 * Functions of real values in float32 (12), of basic operations in a fixed order, which give the
 * same bits on every machine.
 */
public final class RealFunctions {
  /** Below this the cubic is nearer to tanh than a quotient of differences. */
  private static final double SMALL = 0.01;

  private RealFunctions() {}

  public static void apply(Op.RealFunction op, float[] x, float[] y) {
    apply(op, x, y, x.length);
  }

  /**
   * @param n how many values, from the first
   */
  public static void apply(Op.RealFunction op, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] =
          switch (op.function()) {
            case SIGMOID -> sigmoid(x[i]);
            case TANH -> tanh(x[i]);
            case RELU -> Math.max(0, x[i]);
            case LEAKY_RELU -> x[i] >= 0 ? x[i] : op.slope() * x[i];
          };
    }
  }

  /** 1 / (1 + exp(−x)), with the exponential of −|x| alone. */
  static float sigmoid(float x) {
    double e = Softmax.power(-Math.abs(x));
    return (float) ((x < 0 ? e : 1) / (1 + e));
  }

  /** (1 − e) / (1 + e) for e = exp(−2·|x|), with the sign of x; x − x³/3 around 0. */
  static float tanh(float x) {
    double wide = x;
    if (Math.abs(wide) < SMALL) {
      return (float) (wide - wide * wide * wide / 3);
    }
    double e = Softmax.power(-2 * Math.abs(x));
    double y = (1 - e) / (1 + e);
    return (float) (x < 0 ? -y : y);
  }
}
