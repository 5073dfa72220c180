package org.qat4j.training;

import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Takes part in a training: changes what is learned, or the network. */
public interface TrainingAid {
  /** Changes nothing. */
  TrainingAid NONE =
      new TrainingAid() {
        @Override
        public boolean isStateless() {
          return true;
        }
      };

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

      @Override
      public boolean isStateless() {
        return first.isStateless() && next.isStateless();
      }
    };
  }

  /**
   * Whether it is the same at every step, so that a training that was stopped can go on with it.
   */
  default boolean isStateless() {
    return false;
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
