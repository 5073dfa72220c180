package org.qat4j.runtime.internal;

import java.util.Arrays;
import org.qat4j.model.IntVector;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.RecurrentStep;

/** Steps of recurrent operations (16), and what goes with them. */
final class RecurrentSteps {
  private RecurrentSteps() {}

  /**
   * Which steps of a sequence count.
   *
   * @param input index of the input of the model whose ids say so, or −1
   * @param place of the value that says so where it is not an input; null where all steps count
   */
  record Mask(int input, Place place) {
    static final Mask NONE = new Mask(-1, null);

    boolean counts(Workspace w, int step) {
      int[] values = values(w);
      return values == null || values[offset() + step] != 0;
    }

    /** 0 where a step does not count, from {@link #offset} on; null where all count. */
    int[] values(Workspace w) {
      return input >= 0 ? w.sample.tokens(input) : place == null ? null : w.ints[place.slot()];
    }

    int offset() {
      return place == null ? 0 : place.offset();
    }
  }

  /** Keeps accumulators with their bias, (positions, channels). */
  record ToSums(IntVector bias, int slot) implements Finish {
    @Override
    public void accept(Workspace w, int[] acc, int at, int position) {
      int[] sums = w.ints[slot];
      int channels = bias.size();
      for (int c = 0; c < channels; c++) {
        sums[position * channels + c] = acc[at + c] + bias.get(c);
      }
    }
  }

  /**
   * The recurrence over sums that were made for all steps.
   *
   * @param state product of the state, which lies in the buffer that it reads
   * @param sums slot of the products of the input, (steps, gates·units)
   * @param gates products of each unit
   * @param cell slot of the cell state, (units)
   */
  record Recurrence(
      ProductSteps.Source state,
      RecurrentStep step,
      int sums,
      int gates,
      int cell,
      Mask mask,
      boolean reverse,
      int steps,
      Place to)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] h = w.ints[state.slot()];
      int[] c = w.ints[cell];
      int[] out = w.ints[to.slot()];
      int units = step.units();
      Arrays.fill(h, 0);
      Arrays.fill(c, 0);
      for (int i = 0; i < steps; i++) {
        int t = reverse ? steps - 1 - i : i;
        if (mask.counts(w, t)) {
          state.prepare(w);
          int[] acc = state.apply(w, 0, 1);
          step.apply(w.ints[sums], t * gates * units, acc, 0, c, 0, h, 0);
        } else {
          Arrays.fill(h, 0);
          Arrays.fill(c, 0);
        }
        System.arraycopy(h, 0, out, to.offset() + t * units, units);
      }
    }
  }

  /** The last step that counts, or the last of all. */
  record Last(Mask mask, int steps, int channels, Place from, Place to) implements Step {
    @Override
    public void run(Workspace w) {
      int t = steps - 1;
      for (int step = 0; step < steps; step++) {
        t = mask.counts(w, step) ? step : t;
      }
      int at = from.offset() + t * channels;
      System.arraycopy(w.ints[from.slot()], at, w.ints[to.slot()], to.offset(), channels);
    }
  }

  /**
   * 1 for each step with a value other than 0.
   *
   * @param first whether a mask begins, or is added to
   */
  record NotZero(boolean first, int realSlot, Place from, int steps, int channels, Place to)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] out = w.ints[to.slot()];
      for (int t = 0; t < steps; t++) {
        int found = first ? 0 : out[to.offset() + t];
        for (int i = t * channels; i < (t + 1) * channels; i++) {
          boolean zero =
              from == null
                  ? w.reals[realSlot][i] == 0
                  : w.ints[from.slot()][from.offset() + i] == 0;
          found |= zero ? 0 : 1;
        }
        out[to.offset() + t] = found;
      }
    }
  }

  /**
   * Steps that do not count become {@code fill}.
   *
   * @param fill q − z
   */
  record Masked(Mask mask, int fill, int steps, int channels, Place from, Place to)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] out = w.ints[to.slot()];
      System.arraycopy(w.ints[from.slot()], from.offset(), out, to.offset(), steps * channels);
      for (int t = 0; t < steps; t++) {
        if (!mask.counts(w, t)) {
          int at = to.offset() + t * channels;
          Arrays.fill(out, at, at + channels, fill);
        }
      }
    }
  }

  /** Mean over the steps that count (10). */
  record Mean(
      Mask mask,
      int steps,
      int channels,
      float scale,
      QuantParams output,
      int acc,
      Place from,
      Place to)
      implements Step {
    @Override
    public void run(Workspace w) {
      int[] x = w.ints[from.slot()];
      int[] sums = w.ints[acc];
      Arrays.fill(sums, 0);
      int n = 0;
      for (int t = 0; t < steps; t++) {
        if (mask.counts(w, t)) {
          n++;
          for (int c = 0; c < channels; c++) {
            sums[c] += x[from.offset() + t * channels + c];
          }
        }
      }
      float divisor = Math.max(1, n);
      int[] out = w.ints[to.slot()];
      for (int c = 0; c < channels; c++) {
        float r = (float) sums[c] * scale / divisor;
        out[to.offset() + c] = output.quantize(r) - output.zeroPoint();
      }
    }
  }
}
