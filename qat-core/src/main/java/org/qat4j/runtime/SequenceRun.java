package org.qat4j.runtime;

import java.util.Arrays;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.runtime.internal.Causality;
import org.qat4j.runtime.internal.Plan;
import org.qat4j.runtime.internal.Workspace;

/**
 * Runs a model again and again on sequences that begin alike, such as a text and more and more of
 * its translation. Where each step of the model depends on those before it alone, or on a prefix,
 * only steps that are new are computed; with the same result as if all were. Not thread-safe.
 */
final class SequenceRun {
  private final Plan plan;
  private final List<Input> inputs;
  private final Causality causality; // null where everything is computed each time
  private final Workspace workspace;
  private final int[][] seen; // token ids of the last run, by input
  private int done; // steps that are computed

  SequenceRun(Plan plan, List<Input> inputs, Causality causality) {
    this.plan = plan;
    this.inputs = inputs;
    this.causality = causality;
    this.workspace = plan.newWorkspace();
    this.seen = new int[inputs.size()][];
  }

  /**
   * A row of the first output, which depends on the first steps of the sample alone.
   *
   * @param sample token ids of each input
   * @param steps so many count; those behind may be computed or not
   * @param row which one, from 0
   * @param out becomes the row
   * @throws QatException if the sample does not fit the model
   */
  void run(Sample sample, int steps, int row, float[] out) {
    sample.check(inputs);
    if (causality == null) {
      plan.run(sample, workspace);
    } else {
      int from = Math.min(done, same(sample));
      from = from < causality.prefix() ? 0 : from;
      int to = Math.max(steps, causality.prefix());
      if (from < to) {
        plan.run(sample, workspace, from, to);
      }
      done = Math.max(from, to);
    }
    plan.copyRow(workspace, row, out);
    plan.release(workspace);
  }

  /** How many steps are those of the last run. */
  private int same(Sample sample) {
    int same = Integer.MAX_VALUE;
    for (int i = 0; i < seen.length; i++) {
      int[] ids = sample.tokens(i);
      if (seen[i] == null) {
        same = 0;
      } else {
        int different = Arrays.mismatch(ids, seen[i]);
        same = different < 0 ? same : Math.min(same, different);
      }
      seen[i] = ids.clone();
    }
    return same;
  }
}
