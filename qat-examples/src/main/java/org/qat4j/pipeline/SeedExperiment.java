package org.qat4j.pipeline;

import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.report.LayerDiagnostics;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.Phase;
import org.qat4j.report.Predictions;
import org.qat4j.report.SeedRun;
import org.qat4j.report.Stage;
import org.qat4j.training.TrainingPlan;
import org.qat4j.verify.VerifyReport;

/** One experiment with one seed; its method {@link #run} reads in the order of the work. */
final class SeedExperiment {
  /** Keeps what was made. */
  interface Files {
    /** Writes what is to be kept and gives the sizes. */
    ModelBytes write(Model floatNetwork, QatNetwork qat, IntegerModel model);
  }

  private final ResolvedExperiment resolved;
  private final Experiment experiment;
  private final FloatNetwork floats;
  private final Dataset data;
  private final Files files;
  private final Console console;
  private final SeedRun.Builder result;

  /**
   * @param floats of the same data, model and training of the float network
   */
  SeedExperiment(ResolvedExperiment resolved, FloatNetwork floats, Files files, Console console) {
    this.resolved = resolved;
    this.experiment = resolved.experiment();
    this.floats = floats;
    this.data = floats.data();
    this.files = files;
    this.console = console;
    this.result = SeedRun.builder(floats.seed());
  }

  /** Does all the work; the report's part comes back, to be completed by the caller. */
  SeedRun.Builder run() {
    QuantizeSpec quantize = experiment.quantize();
    TrainingPlan further = further(experiment, floats.seed());
    Model network = floats.text().network();
    QuantSpec spec = resolved.toQuantSpec(ExperimentCheck.steps(experiment, data.train().size()));
    Qat.describe(network, spec).requireFine();

    add(Stage.FLOAT, Phase.FLOAT_TRAINING, floats.trained());
    FloatNetwork.Trained control = floats.control(further);
    add(Stage.CONTROL, Phase.CONTROL, control);

    QatNetwork qat = Qat.prepare(network, spec);
    timed(Phase.CALIBRATION, () -> calibrate(qat, quantize.calibrationBatches()));
    IntegerModel ptq = timed(Phase.FREEZE, () -> freeze(qat));
    timed(Phase.EVALUATION, () -> evaluate(Stage.PTQ, ptq));
    result.layers(Stage.PTQ, LayerDiagnostics.of(network, qat, floats.firstTexts()));
    FloatNetwork.Trained trained = floats.train(Stage.QAT, qat.network(), further);
    add(Stage.QAT, Phase.QAT, trained);
    IntegerModel model = timed(Phase.FREEZE, () -> freeze(qat));

    timed(Phase.VERIFICATION, () -> verify(qat, model));
    result.bytes(timed(Phase.FREEZE, () -> files.write(network, qat, model)));
    timed(Phase.EVALUATION, () -> evaluate(Stage.INTEGER, model));
    double cost = trained.stepSeconds() / control.stepSeconds();
    if (Double.isFinite(cost)) {
      result.qatStepOverFloatStep(cost);
    }
    return result.layers(Stage.QAT, LayerDiagnostics.of(network, qat, floats.firstTexts()));
  }

  /** What both the control and the quantized network are trained by. */
  static TrainingPlan further(Experiment experiment, long seed) {
    QuantizeSpec.Qat qat = experiment.quantize().qat();
    return new TrainingPlan(qat.epochs(), qat.learningRate(), qat.schedule(), false, seed + 1);
  }

  private void add(Stage stage, Phase phase, FloatNetwork.Trained trained) {
    result.seconds(phase, trained.trainingSeconds());
    result.seconds(Phase.EVALUATION, trained.evaluationSeconds());
    answers(stage, trained.answers(), trained.evaluationSeconds());
    trained.curve().forEach(result::curve);
  }

  /** On a pass of its own, so that the outcome does not depend on what was trained before. */
  private Void calibrate(QatNetwork qat, int batches) {
    TextBatches texts = floats.trainingTexts();
    texts.seek(new TextBatches.Position(experiment.quantize().qat().epochs(), 0));
    qat.calibrate(texts, batches);
    return null;
  }

  private IntegerModel freeze(QatNetwork qat) {
    FreezeInfo info = new FreezeInfo(experiment.name(), floats.text().text(), data.labels());
    return qat.freeze(info, floats.firstTexts());
  }

  /** Nothing of a model that differs from its network is written. */
  private Void verify(QatNetwork qat, IntegerModel model) {
    VerifyReport report =
        TextVerification.of(qat, model, data, experiment.verify().inputs(), console);
    result.verification(TextVerification.forReport(report.requireExact()));
    console.line(TextVerification.summary(report));
    return null;
  }

  private Void evaluate(Stage stage, IntegerModel model) {
    Stopwatch watch = new Stopwatch();
    try (Progress progress = console.progress("evaluation", data.test().size())) {
      Predictions predictions = IntegerEvaluation.predict(model, data, progress);
      answers(stage, predictions, watch.seconds());
    }
    return null;
  }

  private void answers(Stage stage, Predictions predictions, double seconds) {
    result.predictions(stage, predictions);
    result.microsPerText(stage, 1e6 * seconds / predictions.size());
  }

  private <T> T timed(Phase phase, Supplier<T> work) {
    Stopwatch watch = new Stopwatch();
    T done = work.get();
    result.seconds(phase, watch.seconds());
    return done;
  }
}
