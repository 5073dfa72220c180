package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.qat.internal.TrainingState;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;

/** A training goes on where it stood, whatever becomes of its network. */
class TrainingStateTest {
  /** So that all computes in float, and a network takes the steps that it would have taken. */
  private static final Schedule LATER = Schedule.of(1000, 2000);

  private static final QuantSpec LSQ =
      QuantSpec.of(
          new LayerSpec(
              LayerSpec.int8().weights().withLearned(new Learned.Lsq(2)),
              LayerSpec.int8().activations().withLearned(new Learned.Lsq(2))));

  private static DataSet data(long seed) {
    Random random = new Random(seed);
    INDArray x = Nd4j.create(16, 8);
    INDArray y = Nd4j.zeros(16, 3);
    for (int n = 0; n < 16; n++) {
      y.putScalar(n, random.nextInt(3), 1);
      for (int c = 0; c < 8; c++) {
        x.putScalar(n, c, random.nextGaussian());
      }
    }
    return new DataSet(x, y);
  }

  private static MultiLayerNetwork trained(IUpdater updater, IUpdater ofBiases) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .biasUpdater(ofBiases)
                .list()
                .layer(new DenseLayer.Builder().nIn(8).nOut(6).activation(Activation.TANH).build())
                .layer(new DenseLayer.Builder().nIn(6).nOut(5).activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder().nIn(5).nOut(3).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    for (int i = 0; i < 40; i++) {
      network.fit(data(i));
    }
    network.setEpochCount(3);
    return network;
  }

  private static void assertSameStates(Model actual, Model expected) {
    Map<String, INDArray[]> there = TrainingState.states(actual);
    TrainingState.states(expected)
        .forEach(
            (param, parts) -> {
              if (!param.contains("quant")) {
                assertThat(there.get(param)).as(param).hasSameSizeAs(parts);
                for (int i = 0; i < parts.length; i++) {
                  assertThat(there.get(param)[i]).as(param + " " + i).isEqualTo(parts[i]);
                }
              }
            });
  }

  @Test
  void schedulesAndCountersGoOn() {
    IUpdater updater = new Nesterovs(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.1, 10), 0.9);
    MultiLayerNetwork network = trained(updater, updater);
    MultiLayerNetwork prepared = Qat.prepare(network, QuantSpec.int8()).multiLayerNetwork();
    assertThat(prepared.getIterationCount()).isEqualTo(40);
    assertThat(prepared.getEpochCount()).isEqualTo(3);
    assertThat(prepared.getLearningRate(0)).isCloseTo(1e-5, within(1e-9));
    assertThat(network.getIterationCount()).isEqualTo(40);
    MultiLayerNetwork fresh =
        Qat.prepare(network, QuantSpec.int8().withFreshUpdater()).multiLayerNetwork();
    assertThat(fresh.getIterationCount()).isZero();
    assertThat(fresh.getEpochCount()).isZero();
    assertThat(fresh.getLearningRate(0)).isCloseTo(0.1, within(1e-9));
    assertThat(fresh.getUpdater().getStateViewArray().norm2Number().doubleValue()).isZero();
  }

  /** Blocks of the updater differ, with biases of their own and with scales that are learned. */
  @Test
  void theStateOfEveryUpdaterIsThatOfEachParameter() {
    for (IUpdater updater :
        List.of(new Nadam(), new AMSGrad(), new AdaDelta(), new RmsProp(0.01), new Nesterovs())) {
      for (IUpdater ofBiases : List.of(updater, new Nesterovs(0.01, 0.5))) {
        MultiLayerNetwork network = trained(updater, ofBiases);
        for (QuantSpec spec : List.of(QuantSpec.int8(), LSQ)) {
          QatNetwork qat = Qat.prepare(network, spec);
          assertSameStates(qat.network(), network);
          assertSameStates(qat.toFloat(), network);
        }
        QatNetwork qat = Qat.prepare(network, QuantSpec.int8().withSchedule(LATER));
        MultiLayerNetwork same = network.clone();
        for (int i = 50; i < 54; i++) {
          qat.multiLayerNetwork().fit(data(i));
          same.fit(data(i));
        }
        MultiLayerNetwork back = (MultiLayerNetwork) qat.toFloat();
        assertThat(back.getIterationCount()).isEqualTo(44);
        double far = back.params().distance2(same.params());
        assertThat(far).isLessThan(1e-4 * same.params().norm2Number().doubleValue());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyLayerAndGraph(Example example) {
    Model network = example.network();
    Example.fit(network, example.data(3, 5));
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    assertSameStates(qat.network(), network);
    assertThat(iterations(qat.network())).isEqualTo(5);
    assertThat(TrainingState.states(network).values().stream().mapToInt(p -> p.length).sum())
        .isPositive();
    qat.calibrate(example.data(1, 2), 2);
    Example.fit(qat, example.data(4, 2));
    Model back = qat.toFloat();
    assertSameStates(back, qat.network());
    assertThat(iterations(back)).isEqualTo(7);
  }

  private static int iterations(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getIterationCount()
        : ((MultiLayerNetwork) network).getIterationCount();
  }

  @ParameterizedTest
  @EnumSource
  void clonesAndFilesKeepIt(Example example, @TempDir Path folder) throws IOException {
    Model network = example.network();
    Example.fit(network, example.data(3, 3));
    Model prepared = Qat.prepare(network, QuantSpec.int8()).network();
    File file = folder.resolve("network.zip").toFile();
    ModelSerializer.writeModel(prepared, file, true);
    boolean graph = prepared instanceof ComputationGraph;
    Model loaded =
        graph
            ? ModelSerializer.restoreComputationGraph(file, true)
            : ModelSerializer.restoreMultiLayerNetwork(file, true);
    assertSameStates(loaded, network);
    assertThat(iterations(loaded)).isEqualTo(3);
    Model clone = clone(prepared);
    assertSameStates(clone, network);
    // DL4J forgets the counters of a graph that it clones, whatever the graph.
    assertThat(iterations(clone)).isEqualTo(iterations(clone(network)));
  }

  private static Model clone(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.clone()
        : ((MultiLayerNetwork) network).clone();
  }

  @Test
  void earlyStoppingGoesOnAndKeepsTheBest() {
    MultiLayerNetwork network = trained(new Nadam(), new Nadam());
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    DataSet data = data(1);
    qat.calibrate(new ListDataSetIterator<>(data.asList(), 16), 1);
    EarlyStoppingConfiguration<MultiLayerNetwork> stopping =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
            .scoreCalculator(
                new org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator(
                    new ListDataSetIterator<>(data.asList(), 16), true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    MultiLayerNetwork best =
        new EarlyStoppingTrainer(
                stopping, qat.multiLayerNetwork(), new ListDataSetIterator<>(data.asList(), 16))
            .fit()
            .getBestModel();
    assertThat(best.getIterationCount()).isBetween(41, 42);
    assertThat(best.getUpdater().getStateViewArray().norm2Number().doubleValue()).isPositive();
    assertThat(new PreparedModel(best).quantizers().get("layer0").scales().range(Slot.OUTPUT)[1])
        .isPositive();
  }

  /** Of weights of another size the old state would be wrong. */
  @Test
  void whatIsEvenedOutBeginsAnew() {
    MultiLayerNetwork even = (MultiLayerNetwork) Qat.equalized(trained(new Nadam(), new Nadam()));
    assertThat(even.getIterationCount()).isZero();
    assertThat(even.getUpdater().getStateViewArray().norm2Number().doubleValue()).isZero();
  }
}
