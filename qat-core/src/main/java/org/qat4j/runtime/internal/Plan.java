package org.qat4j.runtime.internal;

import java.util.List;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Sample;

/** A model made ready to run: all decisions are taken, only loops are left. Thread-safe. */
public final class Plan {
  private final Layout layout;
  private final Step[] steps;
  private final int[] skipped;
  private final int[] realInputs;
  private final Result[] results;

  /**
   * @param skipped by step: steps of the sequence before its first row
   * @param realInputs slot of each input that is real, −1 for the others
   * @param results one per output
   */
  Plan(Layout layout, Step[] steps, int[] skipped, int[] realInputs, List<Result> results) {
    this.skipped = skipped;
    this.layout = layout;
    this.steps = steps;
    this.realInputs = realInputs;
    this.results = results.toArray(new Result[0]);
  }

  public Workspace newWorkspace() {
    return new Workspace(layout);
  }

  /** Runs a sample that was checked before. */
  public void run(Sample sample, Workspace w) {
    w.sample = sample;
    for (int i = 0; i < realInputs.length; i++) {
      if (realInputs[i] >= 0) {
        w.reals[realInputs[i]] = sample.reals(i);
      }
    }
    for (Step step : steps) {
      step.run(w);
    }
  }

  /** Makes the values of some steps of a sequence alone. */
  public void run(Sample sample, Workspace w, int from, int to) {
    w.sample = sample;
    for (int i = 0; i < steps.length; i++) {
      if (to > skipped[i]) {
        steps[i].run(w, Math.max(0, from - skipped[i]), to - skipped[i]);
      }
    }
  }

  /** Copies a row of the first output. */
  public void copyRow(Workspace w, int row, float[] out) {
    RealResult result = (RealResult) results[0];
    System.arraycopy(w.reals[result.slot()], row * out.length, out, 0, out.length);
  }

  /** Lets go of what the caller gave. */
  public void release(Workspace w) {
    w.sample = null;
    for (int slot : realInputs) {
      if (slot >= 0) {
        w.reals[slot] = null;
      }
    }
  }

  /** Copies an output after a run; codes as the real values that they stand for. */
  public void copy(Workspace w, int output, float[] out) {
    results[output].copy(w, out);
  }

  public int outputSize(int output) {
    return results[output].size();
  }

  public int outputs() {
    return results.length;
  }

  /** Where an output is found. */
  sealed interface Result {
    int size();

    public void copy(Workspace w, float[] out);
  }

  /** A real output. */
  record RealResult(int slot, int size) implements Result {
    @Override
    public void copy(Workspace w, float[] out) {
      System.arraycopy(w.reals[slot], 0, out, 0, size);
    }
  }

  /** An output that is codes. */
  record CodeResult(Place place, QuantParams params, int size) implements Result {
    @Override
    public void copy(Workspace w, float[] out) {
      int[] q = w.ints[place.slot()];
      for (int i = 0; i < size; i++) {
        out[i] = params.dequantize(q[place.offset() + i] + params.zeroPoint());
      }
    }
  }
}
