package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.InvocationType;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.deeplearning4j.optimize.listeners.PerformanceListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.deeplearning4j.optimize.listeners.TimeIterationListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** A network under quantization is one of DL4J, to its listeners and to its ParallelWrapper. */
class OrdinaryNetworkTest {
  private static final int EXAMPLES = 24;
  private static final int BATCH = 8;

  @TempDir private Path folder;

  private static MultiLayerNetwork network() {
    Model network = Nets.images(DataType.FLOAT, Nets.conv2d(5, 2, Activation.RELU));
    network.init();
    return (MultiLayerNetwork) network;
  }

  private static DataSetIterator batches(int size) {
    MultiDataSet all = Nets.images(new Random(1), EXAMPLES, DataType.FLOAT);
    return new ListDataSetIterator<>(
        new DataSet(all.getFeatures(0), all.getLabels(0)).asList(), size);
  }

  private static QatNetwork calibrated(Model network) {
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    qat.calibrate(batches(BATCH), 3);
    return qat;
  }

  /** What a listener is told, in the order in which it is told. */
  private static final class Told extends BaseTrainingListener {
    private final List<String> calls = new ArrayList<>();

    @Override
    public void onEpochStart(Model model) {
      calls.add("epoch");
    }

    @Override
    public void onEpochEnd(Model model) {
      calls.add("end");
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
      calls.add("forward " + activations.size());
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
      calls.add("forward " + activations.keySet());
    }

    @Override
    public void onGradientCalculation(Model model) {
      calls.add("gradient " + (model.gradient() != null));
    }

    @Override
    public void onBackwardPass(Model model) {
      calls.add("backward");
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      calls.add("done " + iteration + " " + epoch + " " + Double.isFinite(model.score()));
    }
  }

  /** A listener hears what it would hear of the float network. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void listenersAreToldTheSame(boolean graph) {
    Model network = graph ? network().toComputationGraph() : network();
    QatNetwork qat = calibrated(network);
    Told ofFloat = new Told();
    Told ofQat = new Told();
    network.setListeners(ofFloat);
    qat.network().setListeners(ofQat);
    for (Model each : List.of(network, qat.network())) {
      for (DataSetIterator all = batches(BATCH); all.hasNext(); ) {
        DataSet batch = all.next();
        Both.fit(
            each,
            new MultiDataSet(
                new INDArray[] {batch.getFeatures()}, new INDArray[] {batch.getLabels()}));
      }
    }
    assertThat(ofQat.calls).isNotEmpty().isEqualTo(ofFloat.calls);
  }

  /** DL4J's own listeners; the checkpoint that one of them wrote goes on as it was. */
  @Test
  void listenersOfDeeplearning4jWork() throws Exception {
    QatNetwork qat = calibrated(network());
    MultiLayerNetwork net = qat.multiLayerNetwork();
    CollectScoresIterationListener scores = new CollectScoresIterationListener(1);
    CheckpointListener checkpoints =
        new CheckpointListener.Builder(folder.toFile()).saveEveryNEpochs(1).keepAll().build();
    EvaluativeListener evaluation =
        new EvaluativeListener(batches(BATCH), 1, InvocationType.EPOCH_END);
    List<TrainingListener> all =
        List.of(
            scores,
            checkpoints,
            evaluation,
            new ScoreIterationListener(1),
            new PerformanceListener(1),
            new TimeIterationListener(3));
    net.setListeners(all);
    net.fit(batches(BATCH), 2);
    assertThat(scores.getScoreVsIter().getIndexes().get(0)).startsWith(0, 1, 2, 3, 4, 5);
    assertThat(((Evaluation) evaluation.getEvaluations()[0]).getNumRowCounter())
        .isEqualTo(EXAMPLES);
    MultiLayerNetwork last = CheckpointListener.loadLastCheckpointMLN(folder.toFile());
    assertThat(last.params()).isEqualTo(net.params());
    assertThat(Qat.resume(last).trainingSteps()).isEqualTo(qat.trainingSteps());
  }

  /** Two workers, whose parameters are averaged after each batch. */
  @Test
  void parallelWrapperTrains() throws Exception {
    QatNetwork qat = calibrated(network());
    INDArray before = qat.multiLayerNetwork().params().dup();
    long steps = qat.trainingSteps();
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(qat.multiLayerNetwork())
            .workers(2)
            .averagingFrequency(1)
            .prefetchBuffer(0)
            .build();
    for (int epoch = 0; epoch < 2; epoch++) {
      wrapper.fit(batches(4));
    }
    wrapper.shutdown();
    assertThat(qat.multiLayerNetwork().params()).isNotEqualTo(before);
    // Each of two workers takes 6 of the 12 batches. DL4J copies the network for the second one
    // while
    // the first may train it already, so that what is averaged may be ahead (8 was seen).
    assertThat(qat.trainingSteps()).isBetween(steps + 6, steps + 12);
    MultiDataSet batch = Nets.images(new Random(2), 16, DataType.FLOAT);
    IntegerModel model = qat.freeze(FreezeInfo.named("m"), batch.getFeatures());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    assertThat(Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact().exact())
        .isTrue();
  }
}
