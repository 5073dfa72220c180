package org.qat4j.runtime.internal;

import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Requantize;

/** What becomes of the accumulators of one position. */
interface Finish {
  /**
   * @param acc int32 accumulators without the bias
   * @param at the first of them
   */
  void accept(Workspace w, int[] acc, int at, int position);

  /** Requantized by (7) and (8) into a value. */
  record ToCodes(Kernels kernels, Requantization r, Place to) implements Finish {
    @Override
    public void accept(Workspace w, int[] acc, int at, int position) {
      kernels.requantize(acc, at, r, w.ints[to.slot()], to.offset() + position * r.channels());
    }
  }

  /** Real values by (12). */
  record ToReals(IntVector bias, float inputScale, QuantizedTensor weights, int slot)
      implements Finish {
    @Override
    public void accept(Workspace w, int[] acc, int at, int position) {
      float[] out = w.reals[slot];
      int channels = bias.size();
      for (int c = 0; c < channels; c++) {
        out[position * channels + c] =
            Requantize.toReal(acc[at + c] + bias.get(c), inputScale, weights.scale(c));
      }
    }
  }

  /** Sums as codes by (10). */
  record ToSum(float scale, QuantParams params, int channels, Place to) implements Finish {
    @Override
    public void accept(Workspace w, int[] acc, int at, int position) {
      int[] out = w.ints[to.slot()];
      for (int c = 0; c < channels; c++) {
        out[to.offset() + position * channels + c] =
            params.quantize((float) acc[at + c] * scale) - params.zeroPoint();
      }
    }
  }

  /** Sums over the taps of a window that lie in an image as codes of their means by (10). */
  record ToMeans(ImageWindows windows, float scale, QuantParams params, int channels, Place to)
      implements Finish {
    @Override
    public void accept(Workspace w, int[] acc, int at, int position) {
      int[] out = w.ints[to.slot()];
      float n = Math.max(1, windows.inside(position));
      for (int c = 0; c < channels; c++) {
        out[to.offset() + position * channels + c] =
            params.quantize((float) acc[at + c] * scale / n) - params.zeroPoint();
      }
    }
  }
}
