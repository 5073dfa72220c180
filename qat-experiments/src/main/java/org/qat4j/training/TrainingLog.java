package org.qat4j.training;

/** Is told how a training goes. */
public interface TrainingLog {
  /** Hears nothing. */
  TrainingLog SILENT = new TrainingLog() {};

  /**
   * One step is done.
   *
   * @see Step
   */
  default void step(Step step) {}

  /**
   * One pass over the training texts is done.
   *
   * @see Epoch
   */
  default void epoch(Epoch epoch) {}

  /**
   * What one step was.
   *
   * @param step from 1
   * @param steps of the whole training
   * @param epoch from 1
   * @param loss mean over the batch, regularization included
   * @param learningRate of this step
   * @param examples of this step
   * @param seconds that this step took
   */
  record Step(
      int step,
      int steps,
      int epoch,
      double loss,
      double learningRate,
      int examples,
      double seconds) {}

  /**
   * What one pass was.
   *
   * @param epoch from 1
   * @param epochs of the whole training
   * @param trainingLoss mean over the steps
   * @param validationLoss mean negative log likelihood; NaN without validation texts
   * @param validationAccuracy in [0, 1]; NaN without validation texts
   * @param seconds that the pass took, validation included
   */
  record Epoch(
      int epoch,
      int epochs,
      double trainingLoss,
      double validationLoss,
      double validationAccuracy,
      double seconds) {}
}
