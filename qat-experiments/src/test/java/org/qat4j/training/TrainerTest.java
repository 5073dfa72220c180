package org.qat4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Predictions;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.Moment;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.experiment.TrainSpec.Schedule;
import org.qat4j.model.IntegerModel;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.zoo.TinyTexts;
import org.qat4j.zoo.Zoo;

class TrainerTest {
  private static final int BATCH = 16;
  private static final Dataset DATA = TinyTexts.of(64, 3);

  private final TextNetwork net =
      Zoo.build(
          new ModelSpec.SeedCnn(50, 8, true, 6, 8, 3, 2),
          DATA,
          new TrainSpec(3, BATCH, 0.02, Schedule.LINEAR, 0, 0),
          11);

  private TextBatches train() {
    return TextBatches.shuffled(DATA.train(), net.inputs(), 3, BATCH, 1, 0);
  }

  private TextBatches validation() {
    return TextBatches.inOrder(DATA.validation(), net.inputs(), 3, BATCH);
  }

  private static final class Recorder implements TrainingLog {
    final List<Step> steps = new ArrayList<>();
    final List<Epoch> epochs = new ArrayList<>();

    @Override
    public void step(Step step) {
      steps.add(step);
    }

    @Override
    public void epoch(Epoch epoch) {
      epochs.add(epoch);
    }
  }

  @Test
  void reportsEveryStepAndEpoch() {
    Recorder log = new Recorder();
    Trainer.fit(
        net.network(),
        new TrainingPlan(3, 0.02, Schedule.LINEAR, false, 7),
        train(),
        validation(),
        log);
    assertThat(log.steps).hasSize(12);
    for (int i = 0; i < 12; i++) {
      TrainingLog.Step step = log.steps.get(i);
      assertThat(step.step()).isEqualTo(i + 1);
      assertThat(step.steps()).isEqualTo(12);
      assertThat(step.epoch()).isEqualTo(1 + i / 4);
      assertThat(step.learningRate()).isCloseTo(0.02 * (12 - i) / 12, within(1e-12));
      assertThat(step.seconds()).isPositive();
    }
    assertThat(log.epochs).extracting(TrainingLog.Epoch::epoch).containsExactly(1, 2, 3);
    TrainingLog.Epoch last = log.epochs.get(2);
    Predictions now = Evaluate.predict(net.network(), validation());
    assertThat(last.validationAccuracy()).isEqualTo(now.accuracy());
    assertThat(last.validationLoss()).isEqualTo(now.meanLoss());
    assertThat(last.trainingLoss())
        .isCloseTo(
            log.steps.subList(8, 12).stream()
                .mapToDouble(TrainingLog.Step::loss)
                .average()
                .orElse(0),
            within(1e-9));
  }

  @Test
  void configurationIsAsBefore() {
    MultiLayerNetwork network = (MultiLayerNetwork) net.network();
    MultiLayerConfiguration before = network.getLayerWiseConfigurations().clone();
    Trainer.fit(
        network,
        new TrainingPlan(1, 0.005, Schedule.COSINE, false, 7),
        train(),
        null,
        TrainingLog.SILENT);
    before.setIterationCount(4);
    assertThat(network.getLayerWiseConfigurations().toJson()).isEqualTo(before.toJson());
  }

  /** One step at rate r moves every parameter by the same share of one step at rate 2r. */
  @Test
  void theRateIsTheOneOfThePlan() {
    MultiLayerNetwork slow = (MultiLayerNetwork) net.network();
    MultiLayerNetwork fast = slow.clone();
    var start = slow.params().dup();
    TextBatches one = TextBatches.shuffled(DATA.train(), net.inputs(), 3, 64, 1, 0);
    Trainer.fit(
        slow,
        new TrainingPlan(1, 1e-3, Schedule.CONSTANT, false, 7),
        one,
        null,
        TrainingLog.SILENT);
    one = TextBatches.shuffled(DATA.train(), net.inputs(), 3, 64, 1, 0);
    Trainer.fit(
        fast,
        new TrainingPlan(1, 2e-3, Schedule.CONSTANT, false, 7),
        one,
        null,
        TrainingLog.SILENT);
    var moved = slow.params().sub(start);
    assertThat(moved.amaxNumber().doubleValue()).isCloseTo(1e-3, within(1e-5));
    assertThat(fast.params().sub(start).sub(moved.mul(2)).amaxNumber().doubleValue())
        .isLessThan(1e-6);
  }

  @Test
  void everyTrainingStartsAnew() {
    MultiLayerNetwork network = (MultiLayerNetwork) net.network();
    TrainingPlan plan = new TrainingPlan(1, 0.01, Schedule.LINEAR, false, 7);
    Trainer.fit(network, plan, train(), null, TrainingLog.SILENT);
    MultiLayerNetwork fresh = network.clone();
    fresh.setUpdater(null);
    Trainer.fit(network, plan, train(), null, TrainingLog.SILENT);
    Trainer.fit(fresh, plan, train(), null, TrainingLog.SILENT);
    assertThat(network.params()).isEqualTo(fresh.params());
  }

  /** Every pass makes the network worse on texts with wrong labels, so the first is the best. */
  @Test
  void keepsTheBestEpoch() {
    List<Example> wrong =
        DATA.validation().stream().map(e -> new Example(e.text(), (e.label() + 1) % 3)).toList();
    TextBatches validation = TextBatches.inOrder(wrong, net.inputs(), 3, BATCH);
    Recorder log = new Recorder();
    Trainer.fit(
        net.network(),
        new TrainingPlan(3, 0.02, Schedule.CONSTANT, true, 7),
        train(),
        validation,
        log);
    double first = log.epochs.get(0).validationLoss();
    assertThat(log.epochs.get(2).validationLoss()).isGreaterThan(first);
    assertThat(Evaluate.predict(net.network(), validation).meanLoss()).isEqualTo(first);
  }

  /**
   * On texts with wrong labels no pass is better than the first: two more, and it ends with that.
   */
  @Test
  void endsEarlyWithTheBestEpoch() {
    List<Example> wrong =
        DATA.validation().stream().map(e -> new Example(e.text(), (e.label() + 1) % 3)).toList();
    TextBatches validation = TextBatches.inOrder(wrong, net.inputs(), 3, BATCH);
    Recorder log = new Recorder();
    TrainingPlan plan = new TrainingPlan(50, 0.02, Schedule.CONSTANT, false, 7).withPatience(2);
    Trainer.fit(net.network(), plan, train(), validation, log);
    int done = log.epochs.size();
    assertThat(done).isLessThan(50);
    TrainingLog.Epoch best = log.epochs.get(done - 3);
    assertThat(log.epochs.subList(done - 2, done))
        .allMatch(
            e ->
                e.validationAccuracy() < best.validationAccuracy()
                    || e.validationLoss() > best.validationLoss());
    assertThat(Evaluate.predict(net.network(), validation).meanLoss())
        .isEqualTo(best.validationLoss());
  }

  @Test
  void divergenceIsNamed() {
    net.network().getParam("3_W").putScalar(0, Float.NaN);
    assertThatThrownBy(
            () ->
                Trainer.fit(
                    net.network(),
                    new TrainingPlan(1, 0.01, Schedule.LINEAR, false, 7),
                    train(),
                    null,
                    TrainingLog.SILENT))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("the loss of step 1 of 4 is NaN at a learning rate of 0.0100")
        .hasMessageContaining("lower the learning rate");
  }

  @Test
  void impossiblePlans() {
    assertThatThrownBy(() -> new TrainingPlan(-1, 0.1, Schedule.LINEAR, false, 0))
        .hasMessage("a training has 0 or more epochs, not -1");
    assertThatThrownBy(() -> new TrainingPlan(1, Double.NaN, Schedule.LINEAR, false, 0))
        .hasMessage("a learning rate is a number above 0, not NaN");
  }

  @Test
  void theRateDropsOnceBesideTheSchedule() {
    TrainingPlan plan =
        new TrainingPlan(
            1,
            0.01,
            Schedule.CONSTANT,
            false,
            TrainingPlan.ENDLESS,
            7,
            new QuantizeSpec.Drop(Moment.percent(50), 0.1),
            Regime.PLAIN);

    assertThat(plan.learningRate(49, 100)).isEqualTo(0.01);
    assertThat(plan.learningRate(50, 100)).isEqualTo(0.001);
    assertThat(plan.learningRate(99, 100)).isEqualTo(0.001);
  }

  /** Of DL4J's ParallelWrapper, here on processors: a float network, and one under quantization. */
  @Test
  void twoWorkersLearn() {
    Regime two = new Regime(0, 0, Double.POSITIVE_INFINITY, List.of(), 1, 0, false, 2);
    TrainingPlan plan = new TrainingPlan(6, 0.02, Schedule.CONSTANT, false, 7).in(two);
    Recorder log = new Recorder();
    Trainer.fit(net.network(), plan, train(), validation(), log);
    assertThat(log.steps)
        .extracting(TrainingLog.Step::step, TrainingLog.Step::examples)
        .containsExactly(
            tuple(4, 64), tuple(8, 64), tuple(12, 64), tuple(16, 64), tuple(20, 64), tuple(24, 64));
    assertThat(log.epochs.get(5).validationLoss())
        .isLessThan(0.9 * log.epochs.get(0).validationLoss());

    QatNetwork qat = Qat.prepare(net.network(), QuantSpec.int8());
    qat.calibrate(train(), 4);
    INDArray before = qat.network().params().dup();
    Trainer.fit(qat.network(), plan, train(), validation(), log);
    assertThat(qat.network().params()).isNotEqualTo(before);
    // 12 for each of two workers, where they do not overtake each other while they are copied
    assertThat(qat.trainingSteps()).isBetween(12L, 24L);
    INDArray[] features = train().first(8);
    IntegerModel model = qat.freeze(FreezeInfo.named("two"), features);
    assertThat(model.ops()).isNotEmpty();
  }

  @Test
  void severalWorkersKnowNothingOfWhatOneIsAidedBy() {
    assertThatThrownBy(
            () ->
                ExperimentReader.parse(
                    """
                    schemaVersion: 1
                    name: x
                    data: langid
                    train: {workers: 2, clip: 1}
                    """))
        .hasMessageContaining("workers")
        .hasMessageContaining("clip is of trainings with one");
  }
}
