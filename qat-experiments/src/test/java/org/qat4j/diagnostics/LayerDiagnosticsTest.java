package org.qat4j.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Mode;
import org.qat4j.quantizer.WeightSpec;

class LayerDiagnosticsTest {
  private static final INDArray X = random(64, 6);

  private static INDArray random(int rows, int columns) {
    Random random = new Random(3);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.3f;
    }
    return Nd4j.create(values, new long[] {rows, columns}, 'c');
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(16).activation(Activation.RELU).build())
                .layer(new OutputLayer.Builder().nIn(16).nOut(3).build())
                .build());
    network.init();
    return network;
  }

  private static QatNetwork calibrated(MultiLayerNetwork network, int bits) {
    QatNetwork qat =
        Qat.prepare(
            network, QuantSpec.of(new LayerSpec(WeightSpec.of(bits), ActivationSpec.of(bits))));
    calibrate(qat);
    return qat;
  }

  private static void calibrate(QatNetwork qat) {
    DataSet data = new DataSet(X, Nd4j.zeros(64, 3));
    qat.calibrate(new ListDataSetIterator<>(data.asList(), 64), 1);
  }

  @Test
  void rowsAndDistributionsOfAnEightBitNetwork() {
    MultiLayerNetwork network = network();
    LayerReport report = LayerDiagnostics.of(network, calibrated(network, 8), X);
    assertThat(report.rows()).hasSize(2);
    LayerRow dense = report.rows().get(0);
    assertThat(dense.type()).isEqualTo("QatDense");
    assertThat(dense.weightBits()).isEqualTo(8);
    assertThat(dense.weightScheme()).isEqualTo("per channel");
    assertThat(dense.weightScales()).isEqualTo(16);
    assertThat(dense.smallestScale()).isPositive().isLessThanOrEqualTo(dense.largestScale());
    assertThat(dense.activationBits()).isEqualTo(8);
    assertThat(dense.activationScale()).isPositive();
    assertThat(dense.saturation()).as("the range is that of this very batch").isZero();
    // Nothing was trained since: the same network in float arithmetic is the float network.
    assertThat(dense.quantization()).isEqualTo(dense.toFloat());
    assertThat(dense.quantization().sqnrDb()).isBetween(30.0, 60.0);
    assertThat(dense.quantization().cosine()).isBetween(0.999, 1.0);

    LayerRow output = report.rows().get(1);
    assertThat(output.activationBits()).as("real logits").isNull();
    assertThat(output.saturation()).isNull();

    assertThat(report.distributions())
        .extracting(ValueDistribution::what)
        .containsExactly(
            ValueDistribution.What.WEIGHTS,
            ValueDistribution.What.OUTPUT,
            ValueDistribution.What.WEIGHTS);
    ValueDistribution weights = report.distributions().get(0);
    INDArray w = network.getLayer(0).getParam("W");
    assertThat(weights.counts().stream().mapToLong(Long::longValue).sum()).isEqualTo(96);
    assertThat(weights.min()).isEqualTo(w.minNumber().floatValue());
    assertThat(weights.max()).isEqualTo(w.maxNumber().floatValue());
    // Symmetric, from the largest magnitude: -range .. range.
    float largest = w.amaxNumber().floatValue();
    assertThat(weights.rangeHi()).isCloseTo(largest, within(1e-5f));
    assertThat(weights.rangeLo()).isCloseTo(-largest, within(1e-5f));
  }

  @Test
  void fewerBitsAreMoreNoise() {
    MultiLayerNetwork network = network();
    List<Double> decibels = new ArrayList<>();
    for (int bits : new int[] {8, 6, 4}) {
      LayerRow row = LayerDiagnostics.of(network, calibrated(network, bits), X).rows().get(0);
      decibels.add(row.quantization().sqnrDb());
    }
    // Each bit is worth 20·log₁₀ 2 = 6 dB.
    assertThat(decibels.get(0) - decibels.get(1)).isBetween(7.0, 17.0);
    assertThat(decibels.get(1) - decibels.get(2)).isBetween(7.0, 17.0);
  }

  @Test
  void valuesOutsideTheRangeAreCounted() {
    MultiLayerNetwork network = network();
    QatNetwork qat = calibrated(network, 8);
    LayerReport report = LayerDiagnostics.of(network, qat, X.mul(2));
    assertThat(report.rows().get(0).saturation()).isBetween(0.005, 0.5);
  }

  @Test
  void theNetworkIsLeftAsItWas() {
    MultiLayerNetwork network = network();
    QatNetwork qat = calibrated(network, 8);
    INDArray before = qat.output(X).dup();
    INDArray params = qat.multiLayerNetwork().params().dup();
    LayerDiagnostics.of(network, qat, X.mul(5));
    assertThat(qat.mode()).isEqualTo(Mode.QAT);
    assertThat(qat.multiLayerNetwork().params()).isEqualTo(params);
    assertThat(qat.output(X)).isEqualTo(before);
  }

  @Test
  void aGraphWithBranches() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(), "in")
                .addLayer("b", dense(), "in")
                .addVertex("both", new MergeVertex(), "a", "b")
                .addLayer("out", new OutputLayer.Builder().nIn(16).nOut(3).build(), "both")
                .setOutputs("out")
                .build());
    graph.init();
    QatNetwork qat = Qat.prepare(graph, QuantSpec.int8());
    calibrate(qat);
    LayerReport report = LayerDiagnostics.of(graph, qat, X);
    assertThat(report.rows()).extracting(LayerRow::name).containsExactly("a", "b", "out");
    assertThat(report.rows()).allMatch(row -> row.quantization().sqnrDb() > 25);
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nIn(6).nOut(8).activation(Activation.TANH).build();
  }

  @Test
  void errorsByHand() {
    float[] meant = {3, 4, 0};
    assertThat(LayerError.of(meant, meant)).isEqualTo(new LayerError(Double.POSITIVE_INFINITY, 1));
    // Noise 0.25 under a signal of 25: 20 dB.
    assertThat(LayerError.of(meant, new float[] {3, 4, 0.5f}).sqnrDb()).isCloseTo(20, within(1e-6));
    assertThat(LayerError.of(meant, new float[] {-3, -4, 0}).cosine()).isEqualTo(-1);
    assertThat(LayerError.of(new float[2], new float[2]).cosine()).isEqualTo(1);
    assertThat(LayerError.of(meant, new float[3]).cosine()).isZero();
  }

  @Test
  void distributionsCountEveryValueOnce() {
    float[] values = {-1, 0, 0.5f, 1, 1};
    ValueDistribution d = ValueDistribution.of("x", ValueDistribution.What.OUTPUT, values, -1, 1);
    assertThat(d.counts()).hasSize(ValueDistribution.BINS);
    assertThat(d.counts().get(0)).isEqualTo(1);
    assertThat(d.counts().get(ValueDistribution.BINS - 1)).isEqualTo(2);
    assertThat(d.counts().stream().mapToLong(Long::longValue).sum()).isEqualTo(5);
    ValueDistribution same =
        ValueDistribution.of("x", ValueDistribution.What.OUTPUT, new float[] {2, 2}, 0, 1);
    assertThat(same.counts().get(0)).isEqualTo(2);
    assertThat(Map.of("min", same.min(), "max", same.max()))
        .containsOnly(Map.entry("min", 2f), Map.entry("max", 2f));
  }
}
