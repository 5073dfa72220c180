package org.qat4j.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.Predictions;
import org.qat4j.report.Stage;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingPlan;
import org.qat4j.zoo.TextNetwork;
import org.qat4j.zoo.Zoo;

/**
 * The float network of one seed, its texts, and its controls: what all ways to quantize it have in
 * common. Each training is done once, whenever it is first asked for; its outcome does not depend
 * on when that is.
 */
final class FloatNetwork {
  /** Texts on which layers are looked at and the shapes of the model are taken from. */
  private static final int LOOK_AT = 64;

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
  private final Consumer<CurvePoint> metrics;
  private final TextNetwork text;
  private final TextBatches train;
  private final TextBatches validation;
  private final TextBatches test;
  private final Map<TrainingPlan, Trained> controls = new HashMap<>();
  private Trained trained;

  /**
   * @param experiment whose data, model and train count
   * @param metrics is given every step of every training
   */
  FloatNetwork(
      Experiment experiment,
      long seed,
      Dataset data,
      Console console,
      Consumer<CurvePoint> metrics) {
    this.experiment = experiment;
    this.seed = seed;
    this.data = data;
    this.console = console;
    this.metrics = metrics;
    TrainSpec spec = experiment.train();
    this.text = Zoo.build(experiment.model(), data, spec, seed);
    int classes = data.labels().size();
    this.train =
        TextBatches.shuffled(
            data.train(), text.encoders(), classes, spec.batch(), seed, spec.tokenDropout());
    this.validation = inOrder(data.validation());
    this.test = inOrder(data.test());
  }

  private TextBatches inOrder(List<Example> examples) {
    return TextBatches.inOrder(
        examples, text.encoders(), data.labels().size(), experiment.train().batch());
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

  /** The first test texts. */
  INDArray[] firstTexts() {
    test.reset();
    return test.next(LOOK_AT).getFeatures();
  }

  /** The float network, trained now if it was not before. */
  Trained trained() {
    if (trained == null) {
      TrainSpec spec = experiment.train();
      trained =
          train(
              Stage.FLOAT,
              text.network(),
              new TrainingPlan(spec.epochs(), spec.learningRate(), spec.schedule(), false, seed));
    }
    return trained;
  }

  /** Takes parameters that an earlier training of the same network ended with. */
  void restore(Model network) {
    text.network().setParams(network.params());
    trained = evaluated(text.network(), List.of(), 0, Double.NaN);
  }

  /** The float network trained further by a plan; trained now if it was not before. */
  Trained control(TrainingPlan plan) {
    trained();
    return controls.computeIfAbsent(
        plan, p -> train(Stage.CONTROL, Networks.copy(text.network()), p));
  }

  /** Takes the outcome of an earlier training of the control by the same plan. */
  void restoreControl(TrainingPlan plan, Predictions answers) {
    controls.putIfAbsent(plan, new Trained(List.of(), 0, Double.NaN, answers, 0));
  }

  /** Trains a network with the texts of this seed. */
  Trained train(Stage stage, Model network, TrainingPlan plan) {
    Stopwatch watch = new Stopwatch();
    List<CurvePoint> curve = new ArrayList<>();
    try (TrainingMonitor monitor =
        new TrainingMonitor(stage, console, plan.epochs(), train.batches(), metrics, curve::add)) {
      Trainer.fit(network, plan, train, validation, monitor);
      return evaluated(network, curve, watch.seconds(), monitor.medianStepSeconds());
    }
  }

  private Trained evaluated(
      Model network, List<CurvePoint> curve, double trainingSeconds, double stepSeconds) {
    Stopwatch watch = new Stopwatch();
    try (Progress progress = console.progress("evaluation", test.size())) {
      Predictions answers = Evaluate.predict(network, test);
      progress.step(test.size());
      return new Trained(curve, trainingSeconds, stepSeconds, answers, watch.seconds());
    }
  }
}
