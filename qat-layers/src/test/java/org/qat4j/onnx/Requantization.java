package org.qat4j.onnx;

import org.qat4j.model.Output;
import org.qat4j.numerics.internal.Requantize;

/** Equation (7), and what other systems do instead. */
enum Requantization {
  /** Equation (7). */
  CONTRACT {
    @Override
    int apply(int acc, float x, float w, Output.Codes out) {
      float m = Requantize.multiplier(x, w, out.params().scale());
      return Requantize.requantize(acc, m, out.params().zeroPoint(), out.lo(), out.hi());
    }
  },

  /** Ties go up. */
  HALF_UP {
    @Override
    int apply(int acc, float x, float w, Output.Codes out) {
      float steps = (float) acc * Requantize.multiplier(x, w, out.params().scale());
      return clamp((long) Math.floor((double) steps + 0.5), out);
    }
  },

  /** Scales are combined and applied in double precision. */
  DOUBLE_MULTIPLIER {
    @Override
    int apply(int acc, float x, float w, Output.Codes out) {
      double m = (double) x * (double) w / (double) out.params().scale();
      return clamp((long) Math.rint(acc * m), out);
    }
  },

  /**
   * A 31-bit fixed-point multiplier, then a shift, each of which rounds: gemmlowp,
   * doc/quantization.md.
   */
  DOUBLE_ROUNDING {
    @Override
    int apply(int acc, float x, float w, Output.Codes out) {
      double m = (double) x * (double) w / (double) out.params().scale();
      int exponent = Math.getExponent(m) + 1;
      long multiplier = Math.round(m * Math.scalb(1.0, 31 - exponent));
      long high = ((long) acc * multiplier + (1L << 30)) >> 31;
      if (exponent >= 0) {
        return clamp(high << exponent, out);
      }
      int shift = -exponent;
      long half = 1L << (shift - 1);
      return clamp(high < 0 ? -((-high + half) >> shift) : (high + half) >> shift, out);
    }
  };

  abstract int apply(int acc, float x, float w, Output.Codes out);

  private static int clamp(long steps, Output.Codes out) {
    return (int) Math.max(out.lo(), Math.min(out.hi(), steps + out.params().zeroPoint()));
  }
}
