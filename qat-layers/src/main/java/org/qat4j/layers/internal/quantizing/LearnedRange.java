package org.qat4j.layers.internal.quantizing;

import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Rounding;

/**
 * How a learned range is written down: the logarithm of its width s·(qmax − qmin), and the place of
 * 0 in it, (z − qmin) / (qmax − qmin). Positive by construction, a step of the optimizer is
 * relative to the scale, and the number of bits may change under it.
 */
final class LearnedRange {
  private LearnedRange() {}

  static float logWidth(QuantParams p) {
    return (float) StrictMath.log((double) p.scale() * (p.qmax() - p.qmin()));
  }

  static float zero(QuantParams p) {
    return (p.zeroPoint() - p.qmin()) / (float) (p.qmax() - p.qmin());
  }

  /** The scale of a width; the nearest power of two where that is asked for. */
  static float scale(float logWidth, int qmin, int qmax, boolean powerOfTwo) {
    double scale = StrictMath.exp(logWidth) / (qmax - qmin);
    if (powerOfTwo) {
      scale = Math.scalb(1.0, (int) Math.rint(StrictMath.log(scale) / StrictMath.log(2)));
    }
    return (float) Math.max(scale, QuantParams.MIN_SCALE);
  }

  /** Zero point of a place of 0. */
  static int zeroPoint(float zero, int qmin, int qmax) {
    int z = qmin + Rounding.halfEven(zero * (qmax - qmin));
    return Math.max(qmin, Math.min(qmax, z));
  }
}
