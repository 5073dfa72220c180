package org.qat4j.pipeline;

import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.report.LayerDiagnostics;
import org.qat4j.report.Phase;
import org.qat4j.report.Predictions;
import org.qat4j.report.RunFolder;
import org.qat4j.report.SeedRun;
import org.qat4j.report.Stage;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingPlan;
import org.qat4j.verify.VerifyReport;
import org.qat4j.zoo.TextNetwork;
import org.qat4j.zoo.Zoo;

/** One experiment with one seed; its method {@link #run} reads in the order of the work. */
final class SeedExperiment {
  /** Texts on which layers are looked at and the shapes of the model are taken from. */
  private static final int LOOK_AT = 64;

  private final ResolvedExperiment resolved;
  private final Experiment experiment;
  private final long seed;
  private final Dataset data;
  private final RunFolder folder;
  private final String within;
  private final Console console;
  private final SeedRun.Builder result;
  private final TextNetwork text;
  private final TextBatches train;
  private final TextBatches validation;
  private final TextBatches test;

  /**
   * @param within prefix of the names of all files in the folder
   */
  SeedExperiment(
      ResolvedExperiment resolved,
      long seed,
      Dataset data,
      RunFolder folder,
      String within,
      Console console) {
    this.resolved = resolved;
    this.experiment = resolved.experiment();
    this.seed = seed;
    this.data = data;
    this.folder = folder;
    this.within = within;
    this.console = console;
    this.result = SeedRun.builder(seed);
    this.text = Zoo.build(experiment.model(), data, experiment.train(), seed);
    TrainSpec spec = experiment.train();
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

  /** Does all the work; the report's part comes back, to be completed by the caller. */
  SeedRun.Builder run() {
    TrainSpec training = experiment.train();
    QuantizeSpec quantize = experiment.quantize();
    TrainingPlan further = further(quantize.qat());
    Model network = text.network();
    QuantSpec spec = resolved.toQuantSpec(ExperimentCheck.steps(experiment, data.train().size()));
    Qat.describe(network, spec).requireFine();

    timed(Phase.FLOAT_TRAINING, () -> train(Stage.FLOAT, network, first(training)));
    Model control = Networks.copy(network);
    double floatStep = timed(Phase.CONTROL, () -> train(Stage.CONTROL, control, further));

    QatNetwork qat = Qat.prepare(network, spec);
    timed(Phase.CALIBRATION, () -> calibrate(qat, quantize.calibrationBatches()));
    IntegerModel ptq = timed(Phase.FREEZE, () -> freeze(qat));
    result.layers(Stage.PTQ, LayerDiagnostics.of(network, qat, firstTexts()));
    double qatStep = timed(Phase.QAT, () -> train(Stage.QAT, qat.network(), further));
    IntegerModel model = timed(Phase.FREEZE, () -> freeze(qat));

    timed(Phase.VERIFICATION, () -> verify(qat, model));
    RunFiles files = new RunFiles(folder, within);
    result.bytes(timed(Phase.FREEZE, () -> files.write(network, qat, model)));
    timed(Phase.EVALUATION, () -> evaluate(control, ptq, qat, model));
    if (further.epochs() > 0) {
      result.qatStepOverFloatStep(qatStep / floatStep);
    }
    return result.layers(Stage.QAT, LayerDiagnostics.of(network, qat, firstTexts()));
  }

  private TrainingPlan first(TrainSpec spec) {
    return new TrainingPlan(spec.epochs(), spec.learningRate(), spec.schedule(), false, seed);
  }

  /** What both the control and the quantized network are trained by. */
  private TrainingPlan further(QuantizeSpec.Qat qat) {
    return new TrainingPlan(qat.epochs(), qat.learningRate(), qat.schedule(), false, seed + 1);
  }

  /** Trains; gives the median time of a step in seconds. */
  private double train(Stage stage, Model network, TrainingPlan plan) {
    try (TrainingMonitor monitor =
        new TrainingMonitor(
            stage,
            console,
            plan.epochs(),
            train.batches(),
            p -> folder.metric(seed, p),
            result::curve)) {
      Trainer.fit(network, plan, train, validation, monitor);
      return monitor.medianStepSeconds();
    }
  }

  private Void calibrate(QatNetwork qat, int batches) {
    train.reset();
    qat.calibrate(train, batches);
    return null;
  }

  private IntegerModel freeze(QatNetwork qat) {
    FreezeInfo info = new FreezeInfo(experiment.name(), text.text(), data.labels());
    return qat.freeze(info, firstTexts());
  }

  private INDArray[] firstTexts() {
    test.reset();
    return test.next(LOOK_AT).getFeatures();
  }

  /** Nothing of a model that differs from its network is written. */
  private Void verify(QatNetwork qat, IntegerModel model) {
    VerifyReport report =
        TextVerification.of(qat, model, data, experiment.verify().inputs(), console);
    result.verification(TextVerification.forReport(report.requireExact()));
    console.line(TextVerification.summary(report));
    return null;
  }

  private Void evaluate(Model control, IntegerModel ptq, QatNetwork qat, IntegerModel model) {
    try (Progress progress = console.progress("evaluation", 5L * test.size())) {
      answers(Stage.FLOAT, () -> predict(text.network(), progress));
      answers(Stage.CONTROL, () -> predict(control, progress));
      answers(Stage.PTQ, () -> IntegerEvaluation.predict(ptq, data, progress));
      answers(Stage.QAT, () -> predict(qat.network(), progress));
      answers(Stage.INTEGER, () -> IntegerEvaluation.predict(model, data, progress));
    }
    return null;
  }

  private Predictions predict(Model network, Progress progress) {
    Predictions predictions = Evaluate.predict(network, test);
    progress.step(test.size());
    return predictions;
  }

  private void answers(Stage stage, Supplier<Predictions> work) {
    Stopwatch watch = new Stopwatch();
    result.predictions(stage, work.get());
    result.microsPerText(stage, 1e6 * watch.seconds() / test.size());
  }

  private <T> T timed(Phase phase, Supplier<T> work) {
    Stopwatch watch = new Stopwatch();
    T done = work.get();
    result.seconds(phase, watch.seconds());
    return done;
  }
}
