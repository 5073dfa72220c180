package org.qat4j.training;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;

/**
 * The training loop, the same for float networks, their controls and networks under quantization.
 * With the same network, plan, batches, machine and number of threads it ends with the same
 * parameters to the bit, but for several workers.
 */
public final class Trainer {
  private final Model network;
  private final TrainingPlan plan;
  private final TextBatches train;
  private final TextBatches validation;
  private final TrainingLog log;
  private final TrainingAid aid;
  private final Checkpoints checkpoints;
  private final int steps;
  private int step;

  /** Passes done. */
  private int epoch;

  private double lossSum;
  private Checkpoint.Best best = Checkpoint.Best.NONE;
  private INDArray bestParams;
  private INDArray average;

  private Trainer(
      Model network,
      TrainingPlan plan,
      TextBatches train,
      TextBatches validation,
      TrainingLog log,
      TrainingAid aid,
      Checkpoints checkpoints) {
    this.network = network;
    this.plan = plan;
    this.train = train;
    this.validation = validation;
    this.log = log;
    this.aid = aid;
    this.checkpoints = checkpoints;
    this.steps = plan.epochs() * train.batches();
  }

  /**
   * Trains a network in place, from the first pass of the batches on and with a new optimizer.
   *
   * @param network a MultiLayerNetwork or ComputationGraph whose output is softmax
   * @param plan how long and how fast
   * @param train shuffled
   * @param validation evaluated after every pass; null for none
   * @param log told of every step and pass
   * @param aid takes part in every step
   * @param checkpoints goes on from what they have, and keeps what comes
   * @throws QatException if the loss stops being a number, or the thread is interrupted
   */
  public static void fit(
      Model network,
      TrainingPlan plan,
      TextBatches train,
      TextBatches validation,
      TrainingLog log,
      TrainingAid aid,
      Checkpoints checkpoints) {
    new Trainer(network, plan, train, validation, log, aid, checkpoints).fit();
  }

  /** The same without checkpoints. */
  public static void fit(
      Model network,
      TrainingPlan plan,
      TextBatches train,
      TextBatches validation,
      TrainingLog log,
      TrainingAid aid) {
    fit(network, plan, train, validation, log, aid, Checkpoints.NONE);
  }

  /** The same without an aid. */
  public static void fit(
      Model network,
      TrainingPlan plan,
      TextBatches train,
      TextBatches validation,
      TrainingLog log) {
    fit(network, plan, train, validation, log, TrainingAid.NONE);
  }

  private void fit() {
    Nd4j.getRandom().setSeed(plan.seed());
    train.seek(new TextBatches.Position(0, 0));
    Optimizer optimizer = new Optimizer(network, plan.regime());
    try {
      boolean ended = goOn(optimizer);
      while (!ended && epoch < plan.epochs() && best.since() < plan.patience()) {
        pass(optimizer);
      }
      if (!ended) {
        end(optimizer);
      }
    } finally {
      optimizer.restore();
    }
  }

  /** A pass of several workers; it is one step of the log, with one learning rate. */
  private void parallelPass(Optimizer optimizer) {
    double rate = plan.learningRate(step, steps);
    optimizer.setRate(rate);
    long before = System.nanoTime();
    ParallelPass.fit(network, plan.regime().workers(), train);
    step = (epoch + 1) * train.batches();
    double loss = network.score();
    checkLoss(loss, rate);
    lossSum = loss * train.batches();
    ProcessMemory.check();
    log.step(
        new TrainingLog.Step(step, steps, epoch + 1, loss, rate, train.size(), seconds(before)));
    aid.after(step);
  }

  private void end(Optimizer optimizer) {
    if (bestParams != null) {
      network.setParams(bestParams);
    } else if (average != null) {
      network.setParams(average);
    }
    bestParams = null;
    average = null;
    keep(true, optimizer);
  }

  private void pass(Optimizer optimizer) {
    long start = System.nanoTime();
    if (!train.hasNext()) {
      train.reset(); // a pass that was stopped goes on
    }
    if (plan.regime().workers() > 1) {
      parallelPass(optimizer);
    }
    while (train.hasNext()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new QatException("the training was interrupted at step " + step + " of " + steps);
      }
      MultiDataSet batch = train.next();
      double rate = plan.learningRate(step, steps);
      optimizer.setRate(rate);
      long before = System.nanoTime();
      ((NeuralNetwork) network).fit(aid.before(batch));
      double seconds = seconds(before);
      step++;
      double loss = network.score();
      checkLoss(loss, rate);
      lossSum += loss;
      long n = batch.getFeatures(0).size(0);
      ProcessMemory.check();
      log.step(new TrainingLog.Step(step, steps, epoch + 1, loss, rate, (int) n, seconds));
      aid.after(step);
      addToAverage();
      if (train.hasNext() && checkpoints.isDue()) {
        keep(false, optimizer);
      }
    }
    Held held = validation == null ? null : Evaluate.held(network, validation);
    keepIfBest(held);
    epoch++;
    log.epoch(
        new TrainingLog.Epoch(
            epoch,
            plan.epochs(),
            lossSum / train.batches(),
            held == null ? Double.NaN : held.loss(),
            held == null ? Double.NaN : held.score(),
            seconds(start)));
    lossSum = 0;
    keep(false, optimizer);
  }

  /** Goes on from what was kept, if anything was; whether the training is over already. */
  private boolean goOn(Optimizer optimizer) {
    try (DataInputStream in = checkpoints.last()) {
      if (in == null) {
        return false;
      }
      Checkpoint from = Checkpoint.read(in);
      step = from.step();
      epoch = from.epoch();
      lossSum = from.lossSum();
      best = from.best();
      bestParams = from.bestParams();
      average = from.average();
      network.setParams(from.params());
      optimizer.setState(from.updater());
      Optimizer.setIterations(network, from.iterations());
      train.seek(from.position());
      Nd4j.getRandom().setStates(from.random().root(), from.random().node());
      return from.ended();
    } catch (IOException e) {
      throw new QatException("cannot go on with the training: " + e, e);
    }
  }

  private void keep(boolean ended, Optimizer optimizer) {
    checkpoints.keep(
        step,
        ended,
        out ->
            new Checkpoint(
                    ended,
                    step,
                    epoch,
                    lossSum,
                    train.position(),
                    best,
                    new Checkpoint.Generator(
                        Nd4j.getRandom().rootState(), Nd4j.getRandom().nodeState()),
                    Optimizer.iterations(network),
                    network.params(),
                    optimizer.state(),
                    bestParams,
                    average)
                .write(out));
  }

  /**
   * The average keeps less of itself at the beginning, so that the parameters that training began
   * with do not weigh too much.
   */
  private void addToAverage() {
    double most = plan.regime().average();
    if (most == 0) {
      return;
    }
    if (average == null) {
      average = network.params().dup();
    } else {
      double keep = Math.min(most, (1.0 + step) / (10 + step));
      average.muli(keep).addi(network.params().mul(1 - keep));
    }
  }

  /** Better is a higher score, or the same with a lower loss. */
  private void keepIfBest(Held held) {
    if (!plan.keepBest() || held == null) {
      return;
    }
    boolean better =
        held.score() > best.score() || (held.score() == best.score() && held.loss() < best.loss());
    if (better) {
      best = new Checkpoint.Best(held.score(), held.loss(), 0);
      bestParams = network.params().dup();
    } else {
      best = new Checkpoint.Best(best.score(), best.loss(), best.since() + 1);
    }
  }

  private void checkLoss(double loss, double rate) {
    if (!Double.isFinite(loss)) {
      throw new QatException(
          String.format(
              Locale.ROOT,
              "the loss of step %d of %d is %s at a learning rate of %.3g%s; lower the learning"
                  + " rate",
              step,
              steps,
              loss,
              rate,
              brokenParameter()));
    }
  }

  /** Says which parameter is no longer finite: the first one in the order of the layers. */
  private String brokenParameter() {
    for (Map.Entry<String, INDArray> param : network.paramTable().entrySet()) {
      if (!Float.isFinite(param.getValue().sumNumber().floatValue())) {
        int underscore = param.getKey().lastIndexOf('_');
        return String.format(
            "; parameter \"%s\" of layer \"%s\" has values that are not finite",
            param.getKey().substring(underscore + 1), param.getKey().substring(0, underscore));
      }
    }
    return "";
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
