package org.qat4j.training;

import org.deeplearning4j.optimize.api.StepFunction;
import org.deeplearning4j.optimize.solvers.accumulation.GradientsAccumulator;
import org.deeplearning4j.optimize.solvers.accumulation.IndexedTail;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where DL4J's solver would subtract a step from all parameters, takes that of a {@link
 * LazyUpdate}. It is the one place at which the solver lets others do that.
 */
final class LazySteps implements GradientsAccumulator {
  private static final long serialVersionUID = 1L;

  private final transient LazyUpdate update;

  LazySteps(LazyUpdate update) {
    this.update = update;
  }

  @Override
  public void applyUpdate(
      StepFunction function, INDArray params, INDArray updates, boolean isFinalStep) {
    update.subtract();
  }

  @Override
  public void applyUpdate(StepFunction function, INDArray params, INDArray updates, double alpha) {
    update.subtract();
  }

  /** Nothing comes from elsewhere. */
  @Override
  public boolean hasAnything() {
    return false;
  }

  @Override
  public IndexedTail getExternalSource() {
    return null;
  }

  @Override
  public void setExternalSource(IndexedTail source) {
    // Nothing comes from elsewhere.
  }

  @Override
  public void storeUpdate(INDArray gradient, int step, int epoch) {
    // It is at hand.
  }

  @Override
  public void receiveUpdate(INDArray gradient) {
    // Nothing comes from elsewhere.
  }

  @Override
  public void markExternalUpdates(boolean updatesAvailable) {
    // Nothing comes from elsewhere.
  }

  @Override
  public void reset() {
    // Nothing is kept.
  }

  @Override
  public void touch() {
    // No thread is bound.
  }
}
