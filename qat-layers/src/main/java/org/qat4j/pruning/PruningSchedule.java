package org.qat4j.pruning;

import org.qat4j.QatException;

/**
 * When how much is pruned: at {@code times} steps evenly from {@code begin} to {@code end} the
 * sparsity rises to its end, fast at first and slower later (Zhu and Gupta, arXiv:1710.01878,
 * equation (1), from an initial sparsity of 0).
 *
 * @param begin step of the first pruning, ≥ 0
 * @param end step of the last one, ≥ begin
 * @param times how often, ≥ 1; once means at {@code begin}
 */
public record PruningSchedule(long begin, long end, int times) {
  public PruningSchedule {
    if (begin < 0 || end < begin || times < 1 || times - 1 > end - begin) {
      throw new QatException(
          times
              + " prunings from step "
              + begin
              + " to step "
              + end
              + ": there have to be as many steps, and at least one pruning");
    }
  }

  /** All at once, before the first step. */
  public static PruningSchedule immediately() {
    return new PruningSchedule(0, 0, 1);
  }

  /** Step of pruning {@code i}, from 0. */
  long stepOf(int i) {
    return times == 1 ? begin : begin + Math.round((double) i * (end - begin) / (times - 1));
  }

  /** Whether it is time to prune when so many steps are done. */
  public boolean isDue(long step) {
    for (int i = 0; i < times; i++) {
      if (stepOf(i) == step) {
        return true;
      }
    }
    return false;
  }

  /**
   * Share of weights that are 0 from a step on: s·(1 − (1 − p)³), p being the part of the prunings
   * that are done, the first one counted.
   *
   * @param target s, the sparsity at the end
   */
  public double sparsity(double target, long step) {
    int done = 0;
    while (done < times && stepOf(done) <= step) {
      done++;
    }
    double left = 1 - (double) done / times;
    return target * (1 - left * left * left);
  }
}
