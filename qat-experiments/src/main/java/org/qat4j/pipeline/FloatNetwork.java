package org.qat4j.pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.PruneSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.CurvePoint;
import org.qat4j.training.Checkpoints;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Regime;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingAid;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;
import org.qat4j.zoo.Zoo;

/**
 * The float network of one seed, its texts, and its controls: what all ways to quantize it have in
 * common. Each training is done once, whenever it is first asked for; its outcome does not depend
 * on when that is.
 */
final class FloatNetwork {
  /** Texts on which layers are looked at and the shapes of the model are taken from. */
  static final int LOOK_AT = 64;

  /**
   * A training that is over, with the answers of its network.
   *
   * @param curve its learning curve
   * @param trainingSeconds time of the training
   * @param stepSeconds median time of a step; NaN where there was none
   * @param answers on the test set
   * @param evaluationSeconds time in which they were given
   */
  record Trained(
      List<CurvePoint> curve,
      double trainingSeconds,
      double stepSeconds,
      Predictions answers,
      double evaluationSeconds) {}

  private final Experiment experiment;
  private final long seed;
  private final Dataset data;
  private final Console console;
  private final Metrics metrics;
  private final RunCheckpoints checkpoints;
  private final TextNetwork text;
  private final TextBatches train;
  private final TextBatches validation;
  private final TextBatches test;
  private final Map<TrainingPlan, Trained> controls = new HashMap<>();
  private final Map<PruneSpec, PruneNetwork.Pruned> pruned = new HashMap<>();
  private final Map<Integer, INDArray> early = new HashMap<>();
  private Trained trained;

  /**
   * @param experiment whose data, model and train count
   * @param metrics is given every step of every training
   * @param checkpoints of its trainings
   */
  FloatNetwork(
      Experiment experiment,
      long seed,
      Dataset data,
      Console console,
      Metrics metrics,
      RunCheckpoints checkpoints) {
    this(
        experiment,
        Zoo.build(experiment.model(), learned(experiment, data), experiment.train(), seed),
        seed,
        data,
        console,
        metrics,
        checkpoints);
  }

  /** The same without checkpoints. */
  FloatNetwork(Experiment experiment, long seed, Dataset data, Console console, Metrics metrics) {
    this(experiment, seed, data, console, metrics, RunCheckpoints.none());
  }

  private FloatNetwork(
      Experiment experiment,
      TextNetwork text,
      long seed,
      Dataset data,
      Console console,
      Metrics metrics,
      RunCheckpoints checkpoints) {
    this.checkpoints = checkpoints;
    this.experiment = experiment;
    this.seed = seed;
    this.data = data;
    this.console = console;
    this.metrics = metrics;
    this.text = text;
    TrainSpec spec = experiment.train();
    this.train =
        TextBatches.shuffled(
            learned(experiment, data), text.inputs(), spec.batch(), seed, spec.tokenDropout());
    this.validation = inOrder(data.validation());
    this.test = inOrder(data.test());
  }

  /** The data whose training texts are learned. */
  private static Dataset learned(Experiment experiment, Dataset data) {
    return experiment.train().refit() ? data.refitted() : data;
  }

  private TextBatches inOrder(List<Example> examples) {
    return TextBatches.inOrder(data, examples, text.inputs(), experiment.train().batch());
  }

  long seed() {
    return seed;
  }

  Dataset data() {
    return data;
  }

  /** The network, trained or not yet. */
  TextNetwork text() {
    return text;
  }

  /** Training texts, shuffled. */
  TextBatches trainingTexts() {
    return train;
  }

  /** Another network in the place of this one, with the same data and seed. */
  FloatNetwork with(TextNetwork other) {
    return new FloatNetwork(experiment, other, seed, data, console, metrics, checkpoints);
  }

  /** Share of the validation texts that a network answers rightly. */
  double validationAccuracy(Model network) {
    return Evaluate.predict(network, validation).accuracy();
  }

  /** Validation texts, in order. */
  TextBatches validationTexts() {
    return validation;
  }

  /** The first test texts. */
  INDArray[] firstTexts() {
    return test.first(LOOK_AT);
  }

  /** The float network, trained now if it was not before. */
  Trained trained() {
    if (trained == null) {
      Integer rewind = experiment.prune() == null ? null : experiment.prune().rewindToEpoch();
      trained = train(Stage.FLOAT, text.network(), plan(), recorder(text.network(), rewind));
    }
    return trained;
  }

  private TrainingPlan plan() {
    TrainSpec spec = experiment.train();
    TrainingPlan plan =
        new TrainingPlan(spec.epochs(), spec.learningRate(), spec.schedule(), false, seed)
            .in(Regime.of(spec));
    return spec.patience() == null ? plan : plan.withPatience(spec.patience());
  }

  /** Keeps the parameters that a network has after some passes. */
  private TrainingAid recorder(Model network, Integer epoch) {
    if (epoch == null) {
      return TrainingAid.NONE;
    }
    if (epoch == 0) {
      early.put(0, network.params().dup());
    }
    return new TrainingAid() {
      @Override
      public void after(int step) {
        if (step == epoch * train.batches()) {
          early.put(epoch, network.params().dup());
        }
      }
    };
  }

  /**
   * Parameters of the float network after some passes of its training, which is repeated if they
   * were not kept.
   */
  INDArray paramsAfter(int epoch) {
    if (!early.containsKey(epoch)) {
      Model again =
          Zoo.build(experiment.model(), learned(experiment, data), experiment.train(), seed)
              .network();
      fit(again, plan(), recorder(again, epoch), TrainingLog.SILENT, Checkpoints.NONE);
    }
    return early.get(epoch);
  }

  /** Takes parameters that an earlier training of the same network ended with. */
  void restore(Model network) {
    if (network.numParams() != text.network().numParams()) {
      throw new QatException(
          "the network that was given has "
              + network.numParams()
              + " parameters, that of the experiment "
              + text.network().numParams()
              + ": it was trained by another experiment or on other data");
    }
    text.network().setParams(network.params());
    trained = answers(text.network());
  }

  /** The float network trained further by a plan; trained now if it was not before. */
  Trained control(TrainingPlan plan) {
    trained();
    return controls.computeIfAbsent(
        plan, p -> train(Stage.CONTROL, Networks.copy(text.network()), p));
  }

  /**
   * The same, begun now, in another thread where there is room for it.
   *
   * @param beside whether to look for room
   */
  Beside<Trained> beginControl(TrainingPlan plan, boolean beside) {
    trained();
    boolean hasRoom = beside && !controls.containsKey(plan) && Beside.hasRoom();
    if (!hasRoom) {
      return Beside.begin("control", false, () -> control(plan));
    }
    Training training =
        new Training(
            Networks.copy(text.network()),
            train.again(),
            validation.again(),
            test.again(),
            console.beside());
    TrainingMonitor monitor = training.monitor(Stage.CONTROL, plan);
    Checkpoints kept = checkpoints.next(Stage.CONTROL, monitor, true);
    return Beside.begin("control", true, () -> training.run(plan, TrainingAid.NONE, monitor, kept));
  }

  /** Takes the outcome of a control that was begun. */
  Trained end(TrainingPlan plan, Beside<Trained> control) {
    Trained trained = control.get();
    controls.putIfAbsent(plan, trained);
    return trained;
  }

  /** Takes the outcome of an earlier training of the control by the same plan. */
  void restoreControl(TrainingPlan plan, Predictions answers) {
    controls.putIfAbsent(plan, new Trained(List.of(), 0, Double.NaN, answers, 0));
  }

  /** What pruning leaves of the float network; pruned now if it was not before. */
  PruneNetwork.Pruned pruned(PruneSpec spec, Supplier<PruneNetwork.Pruned> prune) {
    return pruned.computeIfAbsent(spec, s -> prune.get());
  }

  /** What a network answers to the test texts, as it is. */
  Trained answers(Model network) {
    return evaluated(network, List.of(), 0, Double.NaN);
  }

  /** Trains a network with the texts of this seed. */
  Trained train(Stage stage, Model network, TrainingPlan plan) {
    return train(stage, network, plan, TrainingAid.NONE);
  }

  /** The same with an aid. */
  Trained train(Stage stage, Model network, TrainingPlan plan, TrainingAid aid) {
    Training training = new Training(network, train, validation, test, console);
    return run(training, plan, aid, training.monitor(stage, plan));
  }

  /** Trains a network under quantization. */
  Trained train(QatNetwork qat, TrainingPlan plan, TrainingAid aid) {
    Training training = new Training(qat.network(), train, validation, test, console);
    TrainingMonitor monitor = training.monitor(Stage.QAT, plan);
    monitor.watch(new CodeChanges(qat));
    return run(training, plan, aid, monitor);
  }

  private Trained run(
      Training training, TrainingPlan plan, TrainingAid aid, TrainingMonitor monitor) {
    Checkpoints kept = checkpoints.next(monitor.stage(), monitor, aid.isStateless());
    return training.run(plan, aid, monitor, kept);
  }

  private void fit(
      Model network, TrainingPlan plan, TrainingAid aid, TrainingLog log, Checkpoints kept) {
    new Training(network, train, validation, test, console).fit(plan, aid, log, kept);
  }

  private Trained evaluated(
      Model network, List<CurvePoint> curve, double trainingSeconds, double stepSeconds) {
    return new Training(network, train, validation, test, console)
        .evaluated(curve, trainingSeconds, stepSeconds);
  }

  /** A network with texts that nobody else reads at the same time. */
  private final class Training {
    private final Model network;
    private final TextBatches train;
    private final TextBatches validation;
    private final TextBatches test;
    private final Console console;

    Training(
        Model network,
        TextBatches train,
        TextBatches validation,
        TextBatches test,
        Console console) {
      this.network = network;
      this.train = train;
      this.validation = validation;
      this.test = test;
      this.console = console;
    }

    TrainingMonitor monitor(Stage stage, TrainingPlan plan) {
      return new TrainingMonitor(stage, console, plan.epochs(), train.batches(), metrics);
    }

    /** Trains it and asks it the test texts; closes the monitor. */
    Trained run(TrainingPlan plan, TrainingAid aid, TrainingMonitor monitor, Checkpoints kept) {
      try (monitor) {
        fit(plan, aid, monitor, kept);
        return evaluated(monitor.curve(), monitor.seconds(), monitor.medianStepSeconds());
      }
    }

    void fit(TrainingPlan plan, TrainingAid aid, TrainingLog log, Checkpoints kept) {
      TextBatches held = experiment.train().refit() ? null : validation; // or it would be learned
      Trainer.fit(network, plan, train, held, log, aid, kept);
    }

    Trained evaluated(List<CurvePoint> curve, double trainingSeconds, double stepSeconds) {
      Stopwatch watch = new Stopwatch();
      try (Progress progress = console.progress("evaluation", test.size())) {
        Predictions answers = Evaluate.predict(network, test);
        progress.step(test.size());
        return new Trained(curve, trainingSeconds, stepSeconds, answers, watch.seconds());
      }
    }
  }
}
