package org.qat4j.task;

import java.util.function.Function;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Predictions;

/** Baselines that score as a network does. */
final class Scored {
  private Scored() {}

  /** The metric of the answers to the validation texts that scores give. */
  static double validation(Task task, Dataset data, Function<Example, float[]> scores) {
    float[][] outputs = data.validation().parallelStream().map(scores).toArray(float[][]::new);
    return task.judge(data.validation(), data.labels(), outputs).score();
  }

  /** Answers to the test texts, judged as those of a network; scores are no probabilities. */
  static Predictions predict(Task task, Dataset data, Function<Example, float[]> scores) {
    float[][] outputs = data.test().parallelStream().map(scores).toArray(float[][]::new);
    return task.judge(data.test(), data.labels(), outputs).withoutLosses();
  }
}
