package org.qat4j.training;

import org.deeplearning4j.nn.api.Model;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;
import org.qat4j.evaluation.Predictions;
import org.qat4j.task.Task;

/** Runs a network over texts. */
public final class Evaluate {
  private Evaluate() {}

  /**
   * Predictions of a network in evaluation mode, where a network under quantization computes on
   * integer codes.
   *
   * @param network whose output is what the task judges
   * @param batches not shuffled; read from the beginning
   */
  public static Predictions predict(Model network, TextBatches batches) {
    return Task.of(batches.question()).predict(network, batches);
  }

  /** The same as {@link #predict}, but that texts are not translated, which takes long. */
  static Held held(Model network, TextBatches batches) {
    return Task.of(batches.question()).held(network, batches);
  }
}
