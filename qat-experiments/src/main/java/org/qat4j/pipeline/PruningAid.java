package org.qat4j.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.pruning.Channels;
import org.qat4j.pruning.Pruner;
import org.qat4j.report.PruneStep;
import org.qat4j.training.TrainingAid;

/** Prunes a network while it is trained, and measures what each pruning costs. */
final class PruningAid implements TrainingAid {
  /**
   * How a network is pruned step by step.
   *
   * @param isDue whether it is pruned when so many steps are done
   * @param step prunes
   * @param sparsity share of what may be pruned that is
   */
  record Steps(LongPredicate isDue, LongConsumer step, DoubleSupplier sparsity) {
    static Steps of(Channels channels) {
      return new Steps(channels::isDue, channels::step, channels::sparsity);
    }

    static Steps of(Pruner pruner) {
      return new Steps(pruner::isDue, pruner::step, pruner::sparsity);
    }
  }

  private final String what;
  private final Steps pruning;
  private final DoubleSupplier accuracy;
  private final List<PruneStep> steps = new ArrayList<>();
  private int done;
  private double before;
  private double after;

  /**
   * @param what is pruned, for the report
   * @param accuracy of the network on the validation texts
   */
  PruningAid(String what, Steps pruning, DoubleSupplier accuracy) {
    this.what = what;
    this.pruning = pruning;
    this.accuracy = accuracy;
  }

  @Override
  public MultiDataSet before(MultiDataSet batch) {
    if (pruning.isDue().test(done)) {
      before = accuracy.getAsDouble();
      recovered(before);
      pruning.step().accept(done);
      after = accuracy.getAsDouble();
      steps.add(new PruneStep(what, done, pruning.sparsity().getAsDouble(), before, after, after));
    }
    return batch;
  }

  @Override
  public void after(int step) {
    done = step;
  }

  /** The accuracy at which the network arrived after the pruning before. */
  private void recovered(double value) {
    if (!steps.isEmpty()) {
      int last = steps.size() - 1;
      PruneStep s = steps.get(last);
      steps.set(last, new PruneStep(s.what(), s.step(), s.share(), s.before(), s.after(), value));
    }
  }

  /** All prunings, when the training is over. */
  List<PruneStep> end() {
    recovered(accuracy.getAsDouble());
    return steps;
  }
}
