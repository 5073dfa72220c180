package org.qat4j.training;

import org.qat4j.QatException;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.experiment.TrainSpec;

/**
 * How long and how fast a network is trained.
 *
 * @param epochs passes over the training texts, ≥ 0
 * @param learningRate at the first step, > 0
 * @param schedule how it falls over all steps
 * @param keepBest end with the parameters of the epoch that did best on the validation texts
 * @param seed of dropout; batches have a seed of their own
 * @param drop when the rate falls once more, or null
 */
public record TrainingPlan(
    int epochs,
    double learningRate,
    TrainSpec.Schedule schedule,
    boolean keepBest,
    long seed,
    QuantizeSpec.Drop drop) {
  public TrainingPlan {
    if (epochs < 0) {
      throw new QatException("a training has 0 or more epochs, not " + epochs);
    }
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new QatException("a learning rate is a number above 0, not " + learningRate);
    }
  }

  /** Without a drop. */
  public TrainingPlan(
      int epochs, double learningRate, TrainSpec.Schedule schedule, boolean keepBest, long seed) {
    this(epochs, learningRate, schedule, keepBest, seed, null);
  }

  /** Learning rate at a step in [0, steps). */
  public double learningRate(int step, int steps) {
    boolean dropped = drop != null && step >= drop.after().toSteps(steps);
    return scheduled((double) step / steps) * (dropped ? drop.factor() : 1);
  }

  private double scheduled(double done) {
    return switch (schedule) {
      case CONSTANT -> learningRate;
      case LINEAR -> learningRate * (1 - done);
      case COSINE -> learningRate * (1 + Math.cos(Math.PI * done)) / 2;
    };
  }
}
