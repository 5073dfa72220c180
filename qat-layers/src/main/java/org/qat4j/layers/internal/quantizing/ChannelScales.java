package org.qat4j.layers.internal.quantizing;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.model.Value;

/**
 * Scales of the channels of a value where each has its own, a power of two from the others: one
 * scale of 8 bits cannot hold channels of which a few are many times larger than the rest
 * (Bondarenko et al., arXiv:2109.12948). Powers of two leave every other bit as it is.
 */
final class ChannelScales {
  private final int[] exponents;

  /**
   * @param exponents e of each channel, whose codes mean 2^e·s·(q − z); empty where all have one
   */
  ChannelScales(int[] exponents) {
    this.exponents = exponents;
  }

  /**
   * Exponents with which each channel fills more than half of the range that all share, as far as
   * the largest one allows.
   *
   * @param x [n, c] or [n, c, t]
   * @param mask [n, t], row-major, 0 where a step is padding; or null
   */
  static int[] exponents(INDArray x, float[] mask) {
    float[] values = Floats.read(x);
    int channels = (int) x.size(1);
    int steps = values.length / (int) x.size(0) / channels;
    float[] widths = new float[channels];
    for (int i = 0; i < values.length; i++) {
      int example = i / (channels * steps);
      if (mask == null || mask[example * steps + i % steps] != 0) {
        int channel = i / steps % channels;
        widths[channel] = Math.max(widths[channel], Math.abs(values[i]));
      }
    }
    float least = Float.MAX_VALUE;
    float most = 0;
    for (float width : widths) {
      least = width > 0 ? Math.min(least, width) : least;
      most = Math.max(most, width);
    }
    float base = Math.max(least, Math.scalb(most, -Value.MAX_EXPONENT));
    int[] exponents = new int[channels];
    for (int c = 0; c < channels; c++) {
      while (widths[c] > Math.scalb(base, exponents[c]) && exponents[c] < Value.MAX_EXPONENT) {
        exponents[c]++;
      }
    }
    return exponents;
  }

  /** 2^−e of an array in place. */
  void divide(INDArray x) {
    scale(x, -1);
  }

  /** 2^e of an array in place. */
  void multiply(INDArray x) {
    scale(x, 1);
  }

  /** 2^−e of an array, which is a copy where that differs. */
  INDArray divided(INDArray x) {
    return scaled(x, -1);
  }

  /** 2^e of an array, which is a copy where that differs. */
  INDArray multiplied(INDArray x) {
    return scaled(x, 1);
  }

  private INDArray scaled(INDArray x, int sign) {
    if (exponents.length == 0) {
      return x;
    }
    INDArray copy = x.dup('c');
    scale(copy, sign);
    return copy;
  }

  private void scale(INDArray x, int sign) {
    if (exponents.length == 0) {
      return;
    }
    float[] factors = new float[exponents.length];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = Math.scalb(1f, sign * exponents[c]);
    }
    INDArray each = Nd4j.createFromArray(factors).castTo(x.dataType());
    if (x.rank() == 2) {
      x.muliRowVector(each);
    } else {
      Broadcast.mul(x, each, x, 1);
    }
  }
}
