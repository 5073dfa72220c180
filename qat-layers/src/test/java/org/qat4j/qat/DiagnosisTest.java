package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.qat4j.quantizer.Schedule;

/** Networks that lose by quantization what their training does not show. */
class DiagnosisTest {
  private static final int CLASSES = 50;

  private static INDArray reals(Random random, long... shape) {
    float[] values = new float[(int) Nd4j.createUninitialized(shape).length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.create(values, shape, 'c');
  }

  private static List<MultiDataSet> images() {
    Random random = new Random(5);
    List<MultiDataSet> batches = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      INDArray y = Nd4j.zeros(8, CLASSES);
      for (int i = 0; i < 8; i++) {
        y.putScalar(i, random.nextInt(CLASSES), 1);
      }
      batches.add(new MultiDataSet(reals(random, 8, 5, 7, 7), y));
    }
    return batches;
  }

  private static String block(GraphBuilder graph, String name, String in, int out, boolean relu) {
    graph
        .addLayer(
            "c" + name,
            new ConvolutionLayer.Builder(3, 3)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(out)
                .build(),
            in)
        .addLayer("b" + name, new BatchNormalization(), "c" + name);
    if (relu) {
      graph.addLayer("a" + name, new ActivationLayer(Activation.RELU), "b" + name);
    }
    return (relu ? "a" : "b") + name;
  }

  /** A residual network with batch normalization. */
  private static ComputationGraph residual(List<MultiDataSet> batches, int steps) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(123)
            .updater(new Sgd(0.01))
            .weightInit(WeightInit.LECUN_NORMAL)
            .graphBuilder()
            .setInputTypes(InputType.convolutional(7, 7, 5))
            .addInputs("in");
    String x = block(graph, "0", "in", 16, true);
    for (int i = 0; i < 2; i++) {
      String first = block(graph, "f" + i, x, 16, true);
      String second = block(graph, "s" + i, first, 16, false);
      graph.addVertex("add" + i, new ElementWiseVertex(ElementWiseVertex.Op.Add), first, second);
      graph.addLayer("r" + i, new ActivationLayer(Activation.RELU), "add" + i);
      x = "r" + i;
    }
    x = block(graph, "p", x, 2, true);
    graph.addLayer(
        "out", new OutputLayer.Builder().nOut(CLASSES).activation(Activation.SOFTMAX).build(), x);
    ComputationGraph network = new ComputationGraph(graph.setOutputs("out").build());
    network.init();
    for (int i = 0; i < steps; i++) {
      network.fit(batches.get(i % 3));
    }
    return network;
  }

  private static QatNetwork prepared(ComputationGraph network, QuantSpec spec, MultiDataSet data) {
    QatNetwork qat = Qat.prepare(network, spec);
    qat.calibrate(new SingletonMultiDataSetIterator(data), 1);
    return qat;
  }

  private static double lossAfter(int steps, ComputationGraph network, List<MultiDataSet> batches) {
    for (int i = 0; i < steps; i++) {
      network.fit(batches.get(i % 3));
    }
    return network.score();
  }

  @Test
  void aNetworkLearnsWhoseStatisticsHaveNotSettled() {
    List<MultiDataSet> batches = images();
    ComputationGraph young = residual(batches, 12);
    QatNetwork qat = prepared(young, QuantSpec.int8(), batches.get(0));
    QatNetwork fixed =
        prepared(young, QuantSpec.int8().withSchedule(Schedule.immediately()), batches.get(0));
    double inFloat = lossAfter(60, young, batches);
    assertThat(lossAfter(60, qat.graph(), batches)).isLessThan(inFloat + 0.1);
    assertThat(lossAfter(60, fixed.graph(), batches)).isGreaterThan(inFloat + 1);
    assertThat(qat.freeze().ops()).isNotEmpty(); // ranges that settle need not have ended
  }

  @Test
  void statisticsThatDoNotFitTheDataAreTold() {
    List<MultiDataSet> batches = images();
    INDArray x = batches.get(0).getFeatures(0);
    QatNetwork young = prepared(residual(batches, 3), QuantSpec.int8(), batches.get(0));
    assertThat(young.diagnose(x))
        .isNotEmpty()
        .allSatisfy(
            d -> {
              assertThat(d.cause()).isEqualTo(Diagnosis.Cause.STATISTICS);
              assertThat(d.layer()).startsWith("b");
              assertThat(d.message()).contains("running statistics", "\"" + d.layer() + "\"");
            });
    QatNetwork settled = prepared(residual(batches, 150), QuantSpec.int8(), batches.get(0));
    assertThat(settled.diagnose(x)).isEmpty();
  }

  private static ComputationGraph merging(float small) {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("in")
                .addLayer("large", dense(4, 5), "in")
                .addLayer("small", dense(4, 6), "in")
                .addVertex("merge", new MergeVertex(), "large", "small")
                .addLayer(
                    "out",
                    new OutputLayer.Builder()
                        .nIn(11)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "merge")
                .setOutputs("out")
                .build());
    network.init();
    network.getLayer("small").getParam("W").muli(small);
    network
        .getLayer("out")
        .getParam("W")
        .get(NDArrayIndex.interval(5, 11), NDArrayIndex.all())
        .divi(small);
    return network;
  }

  private static DenseLayer dense(int in, int out) {
    return new DenseLayer.Builder().nIn(in).nOut(out).activation(Activation.RELU).build();
  }

  @Test
  void aBranchThatIsLostInAMergeIsTold() {
    INDArray x = reals(new Random(7), 64, 4);
    MultiDataSet data = new MultiDataSet(x, Nd4j.zeros(64, 3));
    ComputationGraph network = merging(1e-3f);
    assertThat(prepared(network, QuantSpec.int8(), data).diagnose(x))
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.cause()).isEqualTo(Diagnosis.Cause.LOST_BRANCH);
              assertThat(d.layer()).isEqualTo("merge");
              assertThat(d.message()).contains("\"small\" is lost", "Qat.equalized");
            });
    ComputationGraph even = (ComputationGraph) Qat.equalized(network);
    assertThat(prepared(even, QuantSpec.int8(), data).diagnose(x)).isEmpty();
    assertThat(prepared(merging(1), QuantSpec.int8(), data).diagnose(x)).isEmpty();
  }

  /**
   * Numbers as they come beside tanh, which takes no factor. A factor in the graph has codes of its
   * own, and the weights of its channels are rounded with it.
   */
  private static ComputationGraph besideNumbers(float factor) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .graphBuilder()
            .addInputs("in")
            .addLayer(
                "small",
                new DenseLayer.Builder().nIn(4).nOut(6).activation(Activation.TANH).build(),
                "in");
    String large = "in";
    if (factor != 1) {
      graph.addVertex("scaled", new ScaleVertex(factor), "in");
      large = "scaled";
    }
    ComputationGraph network =
        new ComputationGraph(
            graph
                .addVertex("merge", new MergeVertex(), large, "small")
                .addLayer(
                    "out",
                    new OutputLayer.Builder()
                        .nIn(10)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "merge")
                .setOutputs("out")
                .build());
    network.init();
    INDArray w = network.getLayer("out").getParam("W");
    w.get(NDArrayIndex.interval(0, 4), NDArrayIndex.all()).muli(1e-3 / factor);
    network.getLayer("small").getParam("W").muli(1e-3);
    return network;
  }

  @Test
  void aFactorInTheGraphKeepsABranchThatNothingEvensOut() {
    INDArray x = reals(new Random(7), 64, 4).muli(1e3);
    MultiDataSet data = new MultiDataSet(x, Nd4j.zeros(64, 3));
    ComputationGraph network = besideNumbers(1);
    INDArray expected = network.outputSingle(x);
    QatNetwork lost = prepared((ComputationGraph) Qat.equalized(network), QuantSpec.int8(), data);
    assertThat(lost.diagnose(x))
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.cause()).isEqualTo(Diagnosis.Cause.LOST_BRANCH);
              assertThat(d.message()).contains("\"small\" is lost", "ScaleVertex");
            });
    ComputationGraph scaled = besideNumbers(1e-3f);
    assertThat(scaled.outputSingle(x).distance1(expected)).isLessThan(1e-3);
    QatNetwork kept = prepared(scaled, QuantSpec.int8(), data);
    assertThat(kept.diagnose(x)).isEmpty();
    assertThat(error(kept, x, expected)).isLessThan(0.1 * error(lost, x, expected));
  }

  private static double error(QatNetwork qat, INDArray x, INDArray expected) {
    return qat.output(x).distance1(expected);
  }
}
