package org.qat4j.runtime.internal;

import java.util.List;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;

/** Steps of a transformer's own operations. */
final class AttentionSteps {
  private AttentionSteps() {}

  /**
   * Self-attention (17).
   *
   * @param scratch slot of (steps)
   */
  record Attention(
      AttentionStep step, RecurrentSteps.Mask mask, int steps, int scratch, Place from, Place to)
      implements Step {
    @Override
    public void run(Workspace w) {
      run(w, 0, steps);
    }

    @Override
    public void run(Workspace w, int first, int end) {
      int[] x = w.ints[from.slot()];
      int[] y = w.ints[to.slot()];
      int[] counts = mask.values(w);
      int at = mask.offset();
      int n = Math.min(steps, end);
      step.apply(x, from.offset(), first, n, counts, at, w.ints[scratch], y, to.offset());
    }
  }

  /** Layer normalization (18) of each step. */
  record LayerNorm(LayerNormStep step, int steps, Place from, Place to) implements Step {
    @Override
    public void run(Workspace w) {
      run(w, 0, steps);
    }

    @Override
    public void run(Workspace w, int first, int end) {
      int[] x = w.ints[from.slot()];
      int[] y = w.ints[to.slot()];
      int channels = step.channels();
      for (int t = first; t < Math.min(steps, end); t++) {
        step.apply(x, from.offset() + t * channels, y, to.offset() + t * channels);
      }
    }
  }

  /** A value that is added. */
  static final class Addend {
    private final Place from;
    private final float[] scales;

    /**
     * @param scales of the codes of each channel, 2^−e of those of the value where the sum's have
     *     2^e
     */
    Addend(Place from, float[] scales) {
      this.from = from;
      this.scales = scales;
    }

    float real(Workspace w, int row, int channel) {
      int at = from.offset() + row * scales.length + channel;
      return scales[channel] * (float) w.ints[from.slot()][at];
    }
  }

  /**
   * Sum of two or more values in float32 (10).
   *
   * @param width channels of a row
   */
  record RealSum(List<Addend> addends, QuantParams output, Place to, int size, int width)
      implements Step {
    @Override
    public void run(Workspace w) {
      run(w, 0, size / width);
    }

    @Override
    public void run(Workspace w, int first, int end) {
      int[] out = w.ints[to.slot()];
      for (int row = first; row < Math.min(size / width, end); row++) {
        for (int c = 0; c < width; c++) {
          float sum = addends.get(0).real(w, row, c);
          for (int j = 1; j < addends.size(); j++) {
            sum += addends.get(j).real(w, row, c);
          }
          out[to.offset() + row * width + c] = output.quantize(sum) - output.zeroPoint();
        }
      }
    }
  }
}
