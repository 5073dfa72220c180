package org.qat4j.runtime.internal;

import java.util.Arrays;
import java.util.List;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Sample;

/** A model made ready to run: all decisions are taken, only loops are left. Thread-safe. */
public final class Plan {
  private final Layout layout;
  private final Step[] steps;
  private final int[] skipped;
  private final int[] realInputs;
  private final Margin[] margins;
  private final Result[] results;

  /**
   * @param skipped by step: steps of the sequence before its first row
   * @param realInputs slot of each input that is real, −1 for the others
   * @param margins behind values, where who reads them looks for real 0
   * @param results one per output
   */
  Plan(
      Layout layout,
      Step[] steps,
      int[] skipped,
      int[] realInputs,
      List<Margin> margins,
      List<Result> results) {
    this.margins = margins.toArray(new Margin[0]);
    this.skipped = skipped;
    this.layout = layout;
    this.steps = steps;
    this.realInputs = realInputs;
    this.results = results.toArray(new Result[0]);
  }

  public Workspace newWorkspace() {
    return new Workspace(layout);
  }

  /**
   * Elements of a buffer that are 0.
   *
   * @param from the first
   * @param to behind the last
   */
  record Margin(int slot, int from, int to) {}

  /**
   * Runs a sample that was checked before, in a workspace of this plan or of one of the same model
   * for longer texts.
   */
  public void run(Sample sample, Workspace w) {
    w.sample = sample;
    for (int i = 0; i < realInputs.length; i++) {
      if (realInputs[i] >= 0) {
        w.reals[realInputs[i]] = sample.reals(i);
      }
    }
    for (Margin margin : margins) { // a plan for longer texts has its values there
      Arrays.fill(w.ints[margin.slot()], margin.from(), margin.to(), 0);
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

  /**
   * Copies the first values of an output after a run; codes as the real values that they stand for.
   *
   * @param size how many, not more than the output has
   */
  public void copy(Workspace w, int output, float[] out, int size) {
    results[output].copy(w, out, size);
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

    void copy(Workspace w, float[] out, int size);
  }

  /** A real output. */
  record RealResult(int slot, int size) implements Result {
    @Override
    public void copy(Workspace w, float[] out, int count) {
      System.arraycopy(w.reals[slot], 0, out, 0, count);
    }
  }

  /** An output that is codes. */
  record CodeResult(Place place, QuantParams params, int size) implements Result {
    @Override
    public void copy(Workspace w, float[] out, int count) {
      int[] q = w.ints[place.slot()];
      for (int i = 0; i < count; i++) {
        out[i] = params.dequantize(q[place.offset() + i] + params.zeroPoint());
      }
    }
  }
}
