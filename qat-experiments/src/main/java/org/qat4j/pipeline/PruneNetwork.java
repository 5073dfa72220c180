package org.qat4j.pipeline;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.PruneSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.TextInput;
import org.qat4j.network.TextNetwork;
import org.qat4j.pipeline.PruningAid.Steps;
import org.qat4j.pruning.Channels;
import org.qat4j.pruning.Pruner;
import org.qat4j.pruning.PruningSchedule;
import org.qat4j.pruning.Tokens;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.PruneStep;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.training.Regime;
import org.qat4j.training.TrainingAid;
import org.qat4j.training.TrainingPlan;

/**
 * Prunes a float network before it is quantized: vocabulary, then channels, then weights, each with
 * a training in which the network recovers.
 */
final class PruneNetwork {
  /**
   * What pruning leaves.
   *
   * @param floats the smaller network
   * @param steps all prunings, for the report
   * @param curve learning curves of all trainings
   * @param seconds that it took
   */
  record Pruned(
      FloatNetwork floats, List<PruneStep> steps, List<CurvePoint> curve, double seconds) {}

  private final PruneSpec spec;
  private final TrainSpec first;
  private final FloatNetwork whole;
  private final PruningSchedule schedule;
  private final List<PruneStep> steps = new ArrayList<>();
  private final List<CurvePoint> curve = new ArrayList<>();
  private FloatNetwork floats;

  /**
   * @throws QatException if the trainings are too short, or a vocabulary cannot be pruned
   */
  PruneNetwork(ResolvedExperiment resolved, FloatNetwork whole) {
    this.spec = resolved.experiment().prune();
    this.first = resolved.experiment().train();
    this.whole = whole;
    if (isAsked() && spec.vocabulary() > 0) {
      whole.text().text().forEach(PruneNetwork::checkVocabulary);
    }
    boolean gradual = isAsked() && (spec.channels() > 0 || spec.prunesFloatWeights());
    long all = gradual ? (long) spec.epochs() * whole.trainingTexts().batches() : 0;
    this.schedule = gradual ? resolved.toPruningSchedule(all) : PruningSchedule.immediately();
  }

  /** Not every encoder can do without some of its ids. */
  private static void checkVocabulary(TextInput input) {
    if (input.encoder() instanceof WordPieceEncoder.StepEncoder) {
      return; // its steps are those of the pieces that are left
    }
    BitSet all = new BitSet();
    all.set(0, input.encoder().vocabularySize());
    try {
      input.encoder().keeping(all);
    } catch (QatException e) {
      throw new QatException(
          "prune.vocabulary: the input \""
              + input.input()
              + "\" cannot be pruned: "
              + e.getMessage(),
          e);
    }
  }

  /** Whether anything is pruned before the network is quantized. */
  boolean isAsked() {
    return spec != null && spec.floatEpochs() > 0;
  }

  /** The smaller network, trained, once for all who ask alike; the given one stays as it is. */
  Pruned prune() {
    return whole.pruned(spec, this::pruned);
  }

  private Pruned pruned() {
    Stopwatch watch = new Stopwatch();
    TextNetwork text = whole.text();
    floats = whole.with(text.with(Networks.copy(text.network())));
    if (spec.vocabulary() > 0) {
      pruneVocabulary();
    }
    if (spec.channels() > 0) {
      Channels channels = new Channels(network(), spec.channelRule(), schedule);
      train("channels", Steps.of(channels));
      floats = whole.with(floats.text().with(channels.cut()));
    }
    if (spec.prunesFloatWeights()) {
      Pruner pruner = new Pruner(network(), spec.weightRule(), schedule);
      train("weights", Steps.of(pruner));
      if (spec.rewindToEpoch() != null) {
        rewind(pruner, spec.rewindToEpoch());
      }
    }
    floats.restore(network());
    return new Pruned(floats, List.copyOf(steps), List.copyOf(curve), watch.seconds());
  }

  private Model network() {
    return floats.text().network();
  }

  private double accuracy() {
    return floats.validationAccuracy(network());
  }

  private TrainingPlan plan() {
    return new TrainingPlan(
            spec.epochs(), spec.learningRate(), spec.schedule(), false, whole.seed() + 2)
        .in(Regime.of(first));
  }

  private void train(String what, Steps pruning) {
    PruningAid aid = new PruningAid(what, pruning, this::accuracy);
    train(plan(), aid);
    steps.addAll(aid.end());
  }

  private void train(TrainingPlan plan, TrainingAid aid) {
    CurvePoint before = curve.isEmpty() ? null : curve.get(curve.size() - 1);
    for (CurvePoint p : floats.train(Stage.PRUNED, network(), plan, aid).curve()) {
      curve.add(before == null ? p : p.behind(before));
    }
  }

  private void pruneVocabulary() {
    double before = accuracy();
    Model network = network();
    List<String> inputs = Topology.of(network).inputs();
    List<TextInput> encoders = new ArrayList<>();
    long kept = 0;
    long all = 0;
    for (int i = 0; i < inputs.size(); i++) {
      TextInput input = floats.text().text().get(i);
      TextEncoder encoder = input.encoder();
      if (encoder instanceof WordPieceEncoder.StepEncoder steps) {
        encoders.add(new TextInput(input.input(), stepsOf(steps, encoders)));
        continue;
      }
      BitSet ids =
          Tokens.important(network, inputs.get(i), encoder, counts(encoder), spec.vocabulary());
      network = Tokens.keep(network, inputs.get(i), ids);
      encoders.add(new TextInput(input.input(), encoder.keeping(ids)));
      kept += ids.cardinality() - encoder.firstToken();
      all += encoder.vocabularySize() - encoder.firstToken();
    }
    floats = whole.with(floats.text().with(network, encoders));
    double after = accuracy();
    train(plan(), TrainingAid.NONE);
    steps.add(new PruneStep("tokens", 0, 1 - kept / (double) all, before, after, accuracy()));
  }

  /** The steps of the pieces that are left. */
  private WordPieceEncoder.StepEncoder stepsOf(
      WordPieceEncoder.StepEncoder steps, List<TextInput> pruned) {
    return IntStream.range(0, pruned.size())
        .filter(i -> floats.text().text().get(i).encoder().equals(steps.pieces()))
        .mapToObj(i -> (WordPieceEncoder) pruned.get(i).encoder())
        .map(pieces -> new WordPieceEncoder.StepEncoder(pieces, steps.types()))
        .findFirst()
        .orElseThrow();
  }

  /** How often each token occurs in the training texts. */
  private long[] counts(TextEncoder encoder) {
    long[] counts = new long[encoder.vocabularySize()];
    int[] ids = new int[encoder.length()];
    for (Example example : whole.data().train()) {
      encoder.encode(example.text(), ids);
      for (int id : ids) {
        counts[id]++;
      }
    }
    return counts;
  }

  /** Back to earlier weights, and through the rest of the first training with the masks. */
  private void rewind(Pruner pruner, int epoch) {
    double before = accuracy();
    network().params().assign(whole.paramsAfter(epoch));
    pruner.hold();
    double after = accuracy();
    TrainingPlan all =
        new TrainingPlan(
            first.epochs(), first.learningRate(), first.schedule(), false, whole.seed());
    double rate = all.learningRate(epoch, first.epochs());
    TrainingPlan rest =
        new TrainingPlan(first.epochs() - epoch, rate, first.schedule(), false, whole.seed() + 3);
    train(rest.in(Regime.of(first)), TrainingAid.NONE);
    double share = steps.get(steps.size() - 1).share();
    steps.add(new PruneStep("rewound weights", 0, share, before, after, accuracy()));
  }
}
