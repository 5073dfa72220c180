package org.qat4j.runtime.internal;

import java.util.Arrays;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/** Steps that read token ids. */
final class TokenSteps {
  private TokenSteps() {}

  /** Embedding (11): a gather. */
  record Gather(int input, QuantizedTensor table, int steps, Place to) implements Step {
    @Override
    public void run(Workspace w) {
      int[] out = w.ints[to.slot()];
      byte[] rows = table.codes();
      int dim = table.dim(1);
      int at = to.offset();
      int[] ids = w.sample.tokens(input);
      for (int t = 0; t < steps; t++) {
        int row = ids[t] * dim;
        for (int d = 0; d < dim; d++) {
          out[at + d] = rows[row + d];
        }
        at += dim;
      }
    }
  }

  /** Sum or mean of the tokens that are not padding (10). */
  record Bag(TokenSum tokens, float scale, boolean mean, QuantParams output, Place to, int size)
      implements Step {
    @Override
    public void run(Workspace w) {
      int count = tokens.sum(w);
      int[] acc = w.ints[tokens.accSlot()];
      int[] out = w.ints[to.slot()];
      float divisor = mean && count > 0 ? (float) count : 1f;
      for (int d = 0; d < size; d++) {
        float r = (float) acc[d] * scale / divisor;
        out[to.offset() + d] = output.quantize(r) - output.zeroPoint();
      }
    }
  }

  /** Sum of all tokens, as the average over all steps needs it (10). */
  record Sum(TokenSum tokens, Finish finish) implements Step {
    @Override
    public void run(Workspace w) {
      tokens.sum(w);
      finish.accept(w, w.ints[tokens.accSlot()], 0, 0);
    }
  }

  /** Convolution over embedded tokens (6). */
  record Convolution(Kernels kernels, TokenWindows windows, int accSlot, Finish finish)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[][] rows = windows.all(w);
      int[] acc = w.ints[accSlot];
      int taps = windows.window().taps();
      for (int p = 0; p < windows.window().positions(); p++) {
        kernels.sum(rows, p * taps, taps, acc);
        finish.accept(w, acc, 0, p);
      }
    }
  }

  /** Convolution over embedded tokens (6) and max pooling (9). */
  record PooledConvolution(
      Kernels kernels, TokenWindows windows, PooledWindow pool, int accSlot, Finish finish)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] acc = w.ints[accSlot];
      int[] max = w.ints[pool.maxSlot()];
      int taps = windows.window().taps();
      for (int p = 0; p < pool.positions(); p++) {
        int from = p * pool.stride();
        int distinct = windows.distinct(w, from, from + pool.kernel());
        Arrays.fill(max, Integer.MIN_VALUE);
        kernels.sumMax(w.rows[windows.rowsSlot()], 0, taps, distinct, acc, max);
        finish.accept(w, max, 0, p);
      }
    }
  }
}
