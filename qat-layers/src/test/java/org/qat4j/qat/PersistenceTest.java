package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.OwnObserver;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;
import org.qat4j.calibration.ValueCounts;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

/** Everything that training under quantization knows is in the network, wherever that goes. */
class PersistenceTest {

  /** Has state of every kind. */
  private static final QuantSpec SPEC =
      QuantSpec.of(
              new LayerSpec(
                  WeightSpec.of(3)
                      .withRange(new RangeRule.Mse())
                      .withLearned(new Learned.Lsq(2))
                      .withSte(Ste.STOCHASTIC),
                  ActivationSpec.of(5)
                      .withRange(new RangeRule.Percentile(99))
                      .withLearned(new Learned.LsqPlus(0.5f))))
          .withSchedule(Schedule.of(1, 3).withLearnScalesFrom(4));

  @ParameterizedTest
  @EnumSource
  void settingsSurviveJson(Example example) {
    Model network = Qat.prepare(example.network(), SPEC).network();
    Topology before = Topology.of(network);
    Topology after =
        Topology.of(
            network instanceof ComputationGraph graph
                ? new ComputationGraph(
                    ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson()))
                : new MultiLayerNetwork(
                    MultiLayerConfiguration.fromJson(
                        ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson())));
    int quantized = 0;
    for (int i = 0; i < before.nodes().size(); i++) {
      if (before.nodes().get(i).layer() != null
          && before.nodes().get(i).wrappers().core() instanceof QatLayerConf conf) {
        QatLayerConf read = (QatLayerConf) after.nodes().get(i).wrappers().core();
        assertThat(read.getQuant()).isEqualTo(conf.getQuant());
        assertThat(read).isEqualTo(conf);
        quantized++;
      }
    }
    assertThat(quantized).isGreaterThan(3);
  }

  @ParameterizedTest
  @EnumSource
  void aLoadedNetworkTrainsOnToTheSameBits(Example example, @TempDir Path folder)
      throws IOException {
    for (int steps : new int[] {0, 2, 6}) {
      QatNetwork qat = example.prepare(SPEC);
      Example.fit(qat, example.data(2, steps));
      File file = folder.resolve(steps + ".zip").toFile();
      ModelSerializer.writeModel(qat.network(), file, true);
      Model loaded =
          qat.network() instanceof ComputationGraph
              ? ModelSerializer.restoreComputationGraph(file, true)
              : ModelSerializer.restoreMultiLayerNetwork(file, true);
      assertSame(loaded, qat.network());
      trainOn(example, qat.network());
      trainOn(example, loaded);
      assertSame(loaded, qat.network());
      assertThat(Qat.resume(loaded).trainingSteps()).isEqualTo(steps + 4);
      assertThat(freeze(example, Qat.resume(loaded)).ops()).isEqualTo(freeze(example, qat).ops());
    }
  }

  /** An observer of one's own. */
  public static final class Half implements OwnObserver {
    @Override
    public Range range(ValueCounts seen, Grids grids) {
      return new Range(seen.extremes().lo() / 2, seen.extremes().hi() / 2);
    }
  }

  @Test
  void anObserverOfOnesOwnIsSavedByItsName(@TempDir Path folder) throws IOException {
    Example example = Example.TOKENS;
    RangeRule own = RangeRule.Own.of(Half.class);
    LayerSpec int8 = LayerSpec.int8();
    QatNetwork qat =
        example.prepare(
            QuantSpec.of(
                new LayerSpec(int8.weights().withRange(own), int8.activations().withRange(own))));
    trainOn(example, qat.network());
    File file = folder.resolve("own.zip").toFile();
    ModelSerializer.writeModel(qat.network(), file, true);
    QatNetwork loaded = Qat.resume(ModelSerializer.restoreMultiLayerNetwork(file, true));
    assertThat(new PreparedModel(loaded.network()).quantizers().values())
        .isNotEmpty()
        .allMatch(q -> q.settings().spec().activations().range().equals(own));
    assertThat(freeze(example, loaded).ops()).isEqualTo(freeze(example, qat).ops());
    assertThat(freeze(example, qat).ops()).isNotEqualTo(freeze(example, usual(example)).ops());
  }

  private static QatNetwork usual(Example example) {
    QatNetwork qat = example.prepare(QuantSpec.int8());
    trainOn(example, qat.network());
    return qat;
  }

  private static org.qat4j.model.IntegerModel freeze(Example example, QatNetwork qat) {
    return qat.freeze(FreezeInfo.named("m"), example.features(new Random(1), 2, DataType.FLOAT));
  }

  private static void trainOn(Example example, Model network) {
    Nd4j.getRandom().setSeed(11);
    Example.fit(network, example.data(9, 4));
  }

  private static void assertSame(Model actual, Model expected) {
    Map<String, INDArray> there = Example.params(expected);
    Example.params(actual).forEach((key, p) -> assertThat(p).as(key).isEqualTo(there.get(key)));
    assertThat(actual.params().toFloatVector()).isEqualTo(expected.params().toFloatVector());
  }

  @ParameterizedTest
  @EnumSource
  void aCloneIsANetworkOfItsOwn(Example example) {
    QatNetwork qat = example.prepare(SPEC);
    Example.fit(qat, example.data(2, 3));
    INDArray before = qat.network().params().dup();
    Model clone =
        qat.network() instanceof ComputationGraph graph
            ? graph.clone()
            : qat.multiLayerNetwork().clone();
    if (clone instanceof ComputationGraph graph) {
      // DL4J forgets it, and Adam's bias correction depends on it.
      graph.getConfiguration().setIterationCount(3);
    }
    trainOn(example, clone);
    assertThat(qat.network().params()).isEqualTo(before);
    trainOn(example, qat.network());
    assertSame(clone, qat.network());
    INDArray[] x = example.features(new Random(4), 5, DataType.FLOAT);
    assertThat(Qat.resume(clone).output(x)).isEqualTo(qat.output(x));
  }

  @ParameterizedTest
  @EnumSource
  void evaluationChangesNothing(Example example) {
    QatNetwork qat = example.prepare(SPEC);
    Example.fit(qat, example.data(2, 5));
    INDArray before = qat.network().params().dup();
    INDArray[] x = example.features(new Random(4), 5, DataType.FLOAT);
    INDArray first = qat.output(x).dup();
    var batch = example.batch(new Random(8), 6, DataType.FLOAT);
    if (qat.network() instanceof ComputationGraph graph) {
      graph.score(batch);
      graph.outputSingle(batch.getFeatures());
    } else {
      qat.multiLayerNetwork().score(new DataSet(batch.getFeatures(0), batch.getLabels(0)));
    }
    freeze(example, qat);
    assertThat(qat.network().params()).isEqualTo(before);
    assertThat(qat.output(x)).isEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource
  void everyLayerCountsEveryStepOnce(Example example) {
    QatNetwork qat = example.prepare(SPEC);
    Example.fit(qat, example.data(2, 5));
    assertThat(new PreparedModel(qat.network()).quantizers().values())
        .allMatch(q -> q.pass().trainingSteps() == 5);
  }

  @Test
  void earlyStoppingKeepsTheStateOfItsBestModel() {
    QatNetwork qat = Example.TOKENS.prepare(SPEC);
    EarlyStoppingConfiguration<MultiLayerNetwork> conf =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .scoreCalculator(new DataSetLossCalculator(dataSets(8), true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<MultiLayerNetwork> result =
        new EarlyStoppingTrainer(conf, qat.multiLayerNetwork(), dataSets(2)).fit();
    QatNetwork best = Qat.resume(result.getBestModel());
    assertThat(best.trainingSteps()).isEqualTo((result.getBestModelEpoch() + 1) * 4L);
    assertThat(best.output(dataSets(8).next().getFeatures()).rows()).isEqualTo(8);
    if (best.trainingSteps() > 4) {
      assertThat(freeze(Example.TOKENS, best).ops()).isNotEmpty();
    }
  }

  /** What DL4J's ParallelWrapper does with its workers: the mean of their parameters. */
  @ParameterizedTest
  @EnumSource
  void theMeanOfWorkersKeepsScheduleAndRanges(Example example) {
    QatNetwork qat = example.prepare(SPEC);
    INDArray sum = null;
    for (int worker = 0; worker < 2; worker++) {
      Model clone =
          qat.network() instanceof ComputationGraph graph
              ? graph.clone()
              : qat.multiLayerNetwork().clone();
      Example.fit(clone, example.data(20 + worker, 5));
      sum = sum == null ? clone.params().dup() : sum.addi(clone.params());
    }
    qat.network().setParams(sum.divi(2));

    assertThat(qat.trainingSteps()).isEqualTo(5);
    assertThat(new PreparedModel(qat.network()).quantizers().values())
        .allMatch(q -> q.pass().trainingSteps() == 5);
    freeze(example, qat);
    Example.fit(qat, example.data(30, 2));
    assertThat(qat.trainingSteps()).isEqualTo(7);
  }

  private static DataSetIterator dataSets(long seed) {
    var batch = Example.TOKENS.batch(new Random(seed), 32, DataType.FLOAT);
    return new ListDataSetIterator<>(
        new DataSet(batch.getFeatures(0), batch.getLabels(0)).asList(), 8);
  }
}
