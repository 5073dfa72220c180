package org.qat4j.training;

import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Takes part in a training: changes what is learned, or the network. */
public interface TrainingAid {
  /** Changes nothing. */
  TrainingAid NONE = new TrainingAid() {};

  /** This one and then another. */
  default TrainingAid and(TrainingAid next) {
    TrainingAid first = this;
    return new TrainingAid() {
      @Override
      public MultiDataSet before(MultiDataSet batch) {
        return next.before(first.before(batch));
      }

      @Override
      public void after(int step) {
        first.after(step);
        next.after(step);
      }
    };
  }

  /** What a step learns from, in the place of a batch. */
  default MultiDataSet before(MultiDataSet batch) {
    return batch;
  }

  /**
   * Called when a step is done.
   *
   * @param step from 1
   */
  default void after(int step) {}
}
