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
 * @param patience epochs in a row that may be no better than the best before the training ends
 * @param seed of dropout; batches have a seed of their own
 * @param drop when the rate falls once more, or null
 * @param regime what all trainings of an experiment have in common
 */
public record TrainingPlan(
    int epochs,
    double learningRate,
    TrainSpec.Schedule schedule,
    boolean keepBest,
    int patience,
    long seed,
    QuantizeSpec.Drop drop,
    Regime regime) {
  /** All epochs are done, however they go. */
  public static final int ENDLESS = Integer.MAX_VALUE;

  public TrainingPlan {
    if (epochs < 0) {
      throw new QatException("a training has 0 or more epochs, not " + epochs);
    }
    if (patience < 1) {
      throw new QatException("a training has a patience of 1 epoch or more, not " + patience);
    }
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new QatException("a learning rate is a number above 0, not " + learningRate);
    }
  }

  /** Without a drop. */
  public TrainingPlan(
      int epochs, double learningRate, TrainSpec.Schedule schedule, boolean keepBest, long seed) {
    this(epochs, learningRate, schedule, keepBest, ENDLESS, seed, null, Regime.PLAIN);
  }

  /** The same in another regime. */
  public TrainingPlan in(Regime other) {
    return new TrainingPlan(epochs, learningRate, schedule, keepBest, patience, seed, drop, other);
  }

  /** The same, but that it ends early, with the best parameters: on the validation texts. */
  public TrainingPlan withPatience(int most) {
    return new TrainingPlan(epochs, learningRate, schedule, true, most, seed, drop, regime);
  }

  /** Learning rate at a step in [0, steps). */
  public double learningRate(int step, int steps) {
    boolean dropped = drop != null && step >= drop.after().toSteps(steps);
    double rate = scheduled((double) step / steps) * (dropped ? drop.factor() : 1);
    double rising = regime.warmUp() * steps;
    return step + 1 < rising ? rate * (step + 1) / rising : rate;
  }

  private double scheduled(double done) {
    return switch (schedule) {
      case CONSTANT -> learningRate;
      case LINEAR -> learningRate * (1 - done);
      case COSINE -> learningRate * (1 + Math.cos(Math.PI * done)) / 2;
    };
  }
}
