package org.qat4j.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.diagnostics.LayerDiagnostics;
import org.qat4j.diagnostics.LayerSize;
import org.qat4j.distillation.Distillation;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.PruneSpec;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.experiment.TeacherSpec;
import org.qat4j.format.internal.EncoderFile;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.pipeline.PruningAid.Steps;
import org.qat4j.pruning.Pruner;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Preflight;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.Phase;
import org.qat4j.report.Provenance;
import org.qat4j.report.SeedRun;
import org.qat4j.training.Regime;
import org.qat4j.training.TrainingAid;
import org.qat4j.training.TrainingPlan;
import org.qat4j.tune.TuneStep;
import org.qat4j.tune.Tuner;
import org.qat4j.verify.VerifyReport;

/** One experiment with one seed; its method {@link #run} reads in the order of the work. */
final class SeedExperiment {
  private static final int PER_MILLE = 1000;

  /** Keeps what was made, as soon as it is made. */
  interface Files {
    /** Nothing is kept. */
    Files NONE = new Files() {};

    /** Keeps the float network that is quantized. */
    default void keep(Model floatNetwork) {}

    /** Keeps a network under quantization, before it is frozen, with what that takes. */
    default void keep(QatNetwork qat, EncoderFile.Encoders encoders) {}

    /** Writes a verified model and gives the sizes, or null where nothing is written. */
    default ModelBytes write(Model floatNetwork, IntegerModel model) {
      return null;
    }
  }

  /** Compares a model with its network; {@link TextVerification#of} but in tests. */
  interface Verification {
    VerifyReport of(
        QatNetwork network, IntegerModel model, Dataset data, int inputs, Console console);
  }

  private final ResolvedExperiment resolved;
  private final Experiment experiment;

  /** The float network, as it was trained first. */
  private final FloatNetwork whole;

  private final Dataset data;
  private final Files files;
  private final Verification verification;
  private final Function<String, Path> places;
  private final Console console;
  private final SeedRun.Builder result;

  /** The network that is quantized: the same, or what pruning has left of it. */
  private FloatNetwork floats;

  /**
   * @param floats of the same data, model and training of the float network
   * @param places where files of a search go, by their names
   */
  SeedExperiment(
      ResolvedExperiment resolved,
      FloatNetwork floats,
      Files files,
      Verification verification,
      Function<String, Path> places,
      Console console) {
    this.resolved = resolved;
    this.experiment = resolved.experiment();
    this.whole = floats;
    this.floats = floats;
    this.data = floats.data();
    this.files = files;
    this.verification = verification;
    this.places = places;
    this.console = console;
    this.result = SeedRun.builder(floats.seed());
  }

  /** Does all the work; the report's part comes back, to be completed by the caller. */
  SeedRun.Builder run() {
    QuantSpec spec = ExperimentCheck.quantSpec(resolved, whole.trainingTexts().size());
    Preflight preflight = Qat.describe(whole.text().network(), spec);
    preflight.requireFine();
    tell(preflight.inFloat());
    PruneNetwork pruning = new PruneNetwork(resolved, whole);

    add(Stage.FLOAT, Phase.FLOAT_TRAINING, whole.trained());
    files.keep(whole.text().network());
    TrainingPlan plan = control(experiment, whole.seed());
    // A search uses all cores by itself, and pruning asks for another control.
    boolean beside = !pruning.isAsked() && experiment.tune() == null;
    try (Beside<FloatNetwork.Trained> control = whole.beginControl(plan, beside)) {
      if (!beside) {
        add(Stage.CONTROL, Phase.CONTROL, whole.end(plan, control));
      }
      if (pruning.isAsked()) {
        prune(pruning);
      }
      FloatNetwork.Trained trained =
          quantize(
              preflight,
              () -> {
                FloatNetwork.Trained ended = whole.end(plan, control);
                if (beside) {
                  add(Stage.CONTROL, Phase.CONTROL, ended);
                }
              });
      double cost = trained.stepSeconds() / whole.end(plan, control).stepSeconds();
      if (Double.isFinite(cost)) {
        result.qatStepOverFloatStep(cost);
      }
    }
    return result;
  }

  /**
   * All that is done with the network that is quantized.
   *
   * @param controlEnds called when the network is trained under quantization, before it is reported
   */
  private FloatNetwork.Trained quantize(Preflight preflight, Runnable controlEnds) {
    Model network = floats.text().network();
    Experiment chosen = experiment.tune() == null ? experiment : tune().tuned();
    QuantizeSpec quantize = chosen.quantize();
    TrainingPlan further = further(chosen, whole.seed());
    long steps = ExperimentCheck.steps(chosen, whole.trainingTexts().size());
    Model start = start(network, quantize);
    QatNetwork qat = Qat.prepare(start, quantize.toQuantSpec(steps));
    timed(Phase.CALIBRATION, () -> calibrate(qat, start, quantize));
    Stage untrained = experiment.tune() == null ? Stage.PTQ : Stage.TUNED;
    // The training may begin with more bits than are quantized to without it.
    boolean wide = !quantize.qat().phases().isEmpty();
    QatNetwork asIs = wide ? timed(Phase.CALIBRATION, () -> untrained(start, quantize)) : qat;
    boolean freezes = preflight.inFloat().isEmpty();
    if (freezes) {
      diagnose(asIs);
      IntegerModel ptq = timed(Phase.FREEZE, () -> freeze(asIs));
      timed(Phase.EVALUATION, () -> evaluate(untrained, ptq));
    } else {
      add(untrained, Phase.EVALUATION, floats.answers(asIs.network()));
    }
    look(untrained, start, asIs, freezes);
    FloatNetwork.Trained trained = train(qat, further);
    controlEnds.run();
    add(Stage.QAT, Phase.QAT, trained);
    keep(qat);
    if (freezes) {
      integer(network, qat, Stage.INTEGER);
    }
    look(Stage.QAT, start, qat, freezes);
    return trained;
  }

  /** Looks at the layers, where there is a model in integers. */
  private void look(Stage stage, Model start, QatNetwork qat, boolean freezes) {
    if (freezes) {
      result.layers(stage, LayerDiagnostics.of(start, qat, floats.firstTexts()));
    }
  }

  /** Looks for faults that no training shows, as the network is calibrated. */
  private void diagnose(QatNetwork calibrated) {
    result.diagnoses(timed(Phase.CALIBRATION, () -> calibrated.diagnose(floats.firstTexts())));
  }

  private void keep(QatNetwork qat) {
    files.keep(qat, new EncoderFile.Encoders(floats.text().text(), data.labels(), provenance()));
  }

  /** The model in integers: compared, written, asked; one that differs is neither of the latter. */
  private void integer(Model network, QatNetwork qat, Stage stage) {
    IntegerModel model = timed(Phase.FREEZE, () -> freeze(qat));
    if (!timed(Phase.VERIFICATION, () -> verify(qat, model))) {
      return;
    }
    ModelBytes bytes = timed(Phase.FREEZE, () -> files.write(network, model));
    if (stage == Stage.INTEGER) {
      result.sizes(LayerSize.of(whole.text().network(), model));
    }
    if (bytes != null) { // folds but the first leave no files
      result.bytes(
          stage == Stage.INTEGER ? bytes.against(whole.text().network().numParams()) : bytes);
    }
    timed(Phase.EVALUATION, () -> evaluate(stage, model));
  }

  /** Says which layers stay in float. */
  private void tell(List<String> inFloat) {
    result.inFloat(inFloat);
    inFloat.forEach(line -> console.line("warning: stays in float, " + line));
    if (!inFloat.isEmpty() && experiment.tune() != null) {
      throw new QatException(
          "a search asks integer models, of which there is none while layers stay in float;"
              + " leave out the section tune");
    }
  }

  /** Searches alone: float network, search, and the tuned model as it is without training. */
  SeedRun.Builder tuneOnly() {
    add(Stage.FLOAT, Phase.FLOAT_TRAINING, whole.trained());
    files.keep(whole.text().network());
    PruneNetwork pruning = new PruneNetwork(resolved, whole);
    if (pruning.isAsked()) {
      prune(pruning);
    }
    Model network = floats.text().network();
    QuantizeSpec quantize = tune().tuned().quantize();

    QatNetwork qat = timed(Phase.CALIBRATION, () -> untrained(network, quantize));
    diagnose(qat);
    keep(qat);
    integer(network, qat, Stage.TUNED);
    return result.layers(Stage.TUNED, LayerDiagnostics.of(network, qat, floats.firstTexts()));
  }

  /** The search; asks the untuned setting and the best observer on the test set. */
  private Tuner.Result tune() {
    TuneStep step =
        new TuneStep(
            experiment,
            floats.seed(),
            data,
            floats.text(),
            floats.trainingTexts(),
            floats.validationTexts());
    Tuner.Result found = timed(Phase.TUNING, () -> step.run(place(RunFiles.TRIALS), console));
    Experiment tuned = found.tuned().withTune(null).withName(experiment.name() + "-tuned");
    AtomicFile.write(
        place(RunFiles.TUNED), ExperimentWriter.toYaml(tuned).getBytes(StandardCharsets.UTF_8));
    result.tuning(found.report());
    evaluate(Stage.PTQ, quantized(experiment.quantize()));
    evaluate(Stage.OBSERVER, quantized(found.observer().quantize()));
    return found;
  }

  private Path place(String name) {
    Path file = places.apply(name);
    try {
      java.nio.file.Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new QatException("cannot make the folder of " + file + ": " + e, e);
    }
    return file;
  }

  private IntegerModel quantized(QuantizeSpec how) {
    return freeze(untrained(floats.text().network(), how));
  }

  /** A float network, quantized without training. */
  private QatNetwork untrained(Model network, QuantizeSpec how) {
    QatNetwork qat = Qat.prepare(network, how.toPostTrainingSpec());
    calibrate(qat, network, how);
    return qat;
  }

  private void prune(PruneNetwork pruning) {
    PruneNetwork.Pruned pruned = pruning.prune();
    floats = pruned.floats();
    result.seconds(Phase.PRUNING, pruned.seconds());
    result.pruning(pruned.steps());
    pruned.curve().forEach(result::curve);
    files.keep(floats.text().network());
    answers(Stage.PRUNED, floats.trained());
  }

  /** Trains under quantization: with a teacher, and with pruning, where the experiment says so. */
  private FloatNetwork.Trained train(QatNetwork qat, TrainingPlan plan) {
    PruneSpec prune = experiment.prune();
    if (prune == null || !prune.prunesQuantizedWeights()) {
      return train(qat, plan, TrainingAid.NONE);
    }
    long steps = (long) plan.epochs() * floats.trainingTexts().batches();
    Pruner pruner =
        new Pruner(qat.network(), prune.weightRule(), resolved.toPruningSchedule(steps));
    PruningAid aid =
        new PruningAid("weights", Steps.of(pruner), () -> floats.validationAccuracy(qat.network()));
    FloatNetwork.Trained trained = train(qat, plan, aid);
    result.pruning(aid.end());
    return trained;
  }

  private FloatNetwork.Trained train(QatNetwork qat, TrainingPlan plan, TrainingAid aid) {
    TeacherSpec teacher = experiment.quantize().qat().distillation();
    if (teacher == null) {
      return floats.train(qat, plan, aid);
    }
    // A teacher has to read the same tokens.
    boolean sameTokens = floats.text().text().equals(whole.text().text());
    Model taughtBy = (sameTokens ? whole : floats).text().network();
    try (Distillation distillation = new Distillation(qat.network(), taughtBy, teacher.toSpec())) {
      return floats.train(qat, plan, aid.and(new Lessons(distillation)));
    }
  }

  private record Lessons(Distillation distillation) implements TrainingAid {
    @Override
    public MultiDataSet before(MultiDataSet batch) {
      return distillation.teach(batch);
    }

    /** The teacher does not change. */
    @Override
    public boolean isStateless() {
      return true;
    }
  }

  /** What the control is trained by: as long as pruning and the quantized network are. */
  static TrainingPlan control(Experiment experiment, long seed) {
    TrainingPlan further = further(experiment, seed);
    int more = experiment.prune() == null ? 0 : experiment.prune().floatEpochs();
    // A float network would learn its own vectors.
    boolean learns = !(experiment.data() instanceof DataSpec.ScoredPairs);
    return new TrainingPlan(
        learns ? further.epochs() + more : 0,
        further.learningRate(),
        further.schedule(),
        further.keepBest(),
        further.patience(),
        further.seed(),
        further.drop(),
        further.regime());
  }

  /** What the quantized network is trained by. */
  private static TrainingPlan further(Experiment experiment, long seed) {
    QuantizeSpec.Qat qat = experiment.quantize().qat();
    return new TrainingPlan(
        qat.epochs(),
        qat.learningRate(),
        qat.schedule(),
        false,
        TrainingPlan.ENDLESS,
        seed + 1,
        qat.drop(),
        Regime.of(experiment.train()));
  }

  private void add(Stage stage, Phase phase, FloatNetwork.Trained trained) {
    result.seconds(phase, trained.trainingSeconds());
    result.seconds(Phase.EVALUATION, trained.evaluationSeconds());
    answers(stage, trained);
    trained.curve().forEach(result::curve);
  }

  /** On a pass of its own, so that the outcome does not depend on what was trained before. */
  private Void calibrate(QatNetwork qat, Model start, QuantizeSpec spec) {
    TextBatches texts = floats.trainingTexts();
    texts.seek(TuneStep.calibrationTexts(experiment));
    int batches = spec.calibrationBatches();
    qat.calibrate(texts, batches);
    if (spec.postTraining().adaRoundSteps() > 0) {
      roundAdaptively(qat, start, spec);
    }
    if (spec.postTraining().correctBiases()) {
      qat.correctBiases(start, texts, batches);
    }
    return null;
  }

  private void roundAdaptively(QatNetwork qat, Model start, QuantizeSpec spec) {
    int steps = spec.postTraining().adaRoundSteps();
    try (Progress progress = console.progress("adaptive rounding, ‰", PER_MILLE)) {
      AtomicLong told = new AtomicLong();
      qat.roundAdaptively(
          start,
          floats.trainingTexts(),
          spec.calibrationBatches(),
          steps,
          share -> {
            long now = (long) (share * PER_MILLE);
            long before = told.getAndAccumulate(now, Math::max);
            if (now > before) {
              progress.step(now - before);
            }
          });
    }
  }

  /** What is quantized: the float network, or one that computes the same with other ranges. */
  private Model start(Model network, QuantizeSpec spec) {
    QuantizeSpec.PostTraining asked = spec.postTraining();
    Model even = asked.equalize() ? Qat.equalized(network) : network;
    if (asked.smooth() == 0) {
      return even;
    }
    TextBatches texts = floats.trainingTexts();
    texts.seek(TuneStep.calibrationTexts(experiment));
    return Qat.smoothed(even, texts, spec.calibrationBatches(), asked.smooth());
  }

  private IntegerModel freeze(QatNetwork qat) {
    FreezeInfo info =
        new FreezeInfo(experiment.name(), floats.text().text(), data.labels(), provenance());
    return qat.freeze(info, floats.firstTexts());
  }

  private Map<String, String> provenance() {
    return Provenance.ofModel(experiment.name(), floats.seed(), data.sha256());
  }

  /** Whether the engines agree; if not, everything but the model is kept. */
  private boolean verify(QatNetwork qat, IntegerModel model) {
    VerifyReport report = verification.of(qat, model, data, experiment.verify().inputs(), console);
    result.verification(TextVerification.forReport(report));
    console.line(TextVerification.summary(report));
    report.difference().ifPresent(d -> console.line("warning: no model is written: " + d));
    return report.exact();
  }

  private Void evaluate(Stage stage, IntegerModel model) {
    Stopwatch watch = new Stopwatch();
    try (Progress progress = console.progress("evaluation", data.test().size())) {
      Predictions predictions = IntegerEvaluation.predict(model, data, progress);
      answers(stage, predictions, watch.seconds());
    }
    return null;
  }

  private void answers(Stage stage, FloatNetwork.Trained trained) {
    answers(stage, trained.answers(), trained.evaluationSeconds());
  }

  private void answers(Stage stage, Predictions predictions, double seconds) {
    result.predictions(stage, predictions.beside(whole.trained().answers()));
    result.microsPerText(stage, 1e6 * seconds / data.test().size());
  }

  private <T> T timed(Phase phase, Supplier<T> work) {
    Stopwatch watch = new Stopwatch();
    T done = work.get();
    result.seconds(phase, watch.seconds());
    return done;
  }
}
