package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Mode;

/** Equalization, adaptive rounding and correction of biases. */
class PostTrainingTest {
  /** Two layers with channels of very different sizes. */
  private static MultiLayerNetwork uneven() {
    MultiLayerNetwork network = dense(4);
    for (int c = 0; c < 4; c++) {
      network.getParam("0_W").getColumn(c).muli(Math.pow(10, c));
      network.getParam("0_b").putScalar(c, 0.1 * c);
    }
    return network;
  }

  private static MultiLayerNetwork dense(int hidden) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .name("made")
                        .nIn(5)
                        .nOut(hidden)
                        .activation(Activation.RELU)
                        .build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .name("read")
                        .nIn(hidden)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    return network;
  }

  @Test
  void aChannelIsMadeAndReadWithTheSameRange() {
    MultiLayerNetwork equal = (MultiLayerNetwork) Qat.equalized(uneven());

    for (int c = 0; c < 4; c++) {
      double made = equal.getParam("0_W").getColumn(c).amaxNumber().doubleValue();
      double read = equal.getParam("1_W").getRow(c).amaxNumber().doubleValue();
      double r1 = uneven().getParam("0_W").getColumn(c).amaxNumber().doubleValue();
      double r2 = uneven().getParam("1_W").getRow(c).amaxNumber().doubleValue();
      assertThat(made).isCloseTo(Math.sqrt(r1 * r2), within(1e-5 * made));
      assertThat(read).isCloseTo(made, within(1e-5 * made));
    }
  }

  @ParameterizedTest
  @EnumSource(Example.class)
  void anEqualizedNetworkComputesTheSame(Example example) {
    Model network = example.network();
    Map<String, INDArray> before = Example.params(network);
    INDArray[] features = example.features(new Random(5), 6, DataType.FLOAT);

    Model equal = Qat.equalized(network);

    INDArray expected = Topology.activations(network, features, null).get("out");
    INDArray actual = Topology.activations(equal, features, null).get("out");
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
    boolean moved =
        Example.params(equal).entrySet().stream()
            .anyMatch(e -> !e.getValue().equalsWithEps(before.get(e.getKey()), 1e-3));
    // Nothing stands behind a recurrent or attending layer that could take a factor over.
    assertThat(moved).isEqualTo(example != Example.RECURRENT);
  }

  private static QatNetwork ternary(Model network, Example example) {
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(LayerSpec.of(2, 8)));
    qat.calibrate(example.data(1, 4), 4);
    return qat;
  }

  /** Mean error of what the last layer makes, and mean square error. */
  private static double[] errors(Model floats, QatNetwork qat, Example example) {
    INDArray[] features = example.data(1, 1).next().getFeatures();
    INDArray expected = Topology.activations(floats, features, null).get("out");
    INDArray error = qat.activations(features).get("out").sub(expected);
    return new double[] {
      error.mean(0).norm1Number().doubleValue(), error.norm2Number().doubleValue()
    };
  }

  @Test
  void theMeanOfAProductIsThatOfTheFloatNetwork() {
    MultiLayerNetwork floats = uneven();
    QatNetwork qat = Qat.prepare(floats, QuantSpec.of(LayerSpec.of(2, 8)));
    Data data = new Data();
    qat.calibrate(data.iterator(), 1);
    double before = data.meanError(floats, qat);

    qat.correctBiases(floats, data.iterator(), 1);

    assertThat(before).isGreaterThan(0.1);
    assertThat(data.meanError(floats, qat)).isLessThan(0.02 * before);
  }

  @Test
  void adaptiveRoundingBringsTheLayersNearerToFloat() {
    MultiLayerNetwork floats = dense(40);
    QatNetwork qat = Qat.prepare(floats, QuantSpec.of(LayerSpec.of(3, 8)));
    Data data = new Data();
    qat.calibrate(data.iterator(), 1);
    double before = data.squareError(floats, qat);

    List<Double> shares = Collections.synchronizedList(new ArrayList<>());
    qat.roundAdaptively(floats, data.iterator(), 1, 500, shares::add);
    assertThat(shares).allMatch(share -> share > 0 && share <= 1);
    assertThat(Collections.max(shares)).isCloseTo(1, within(1e-9));
    assertThat(shares).hasSize(40 + 3);

    assertThat(data.squareError(floats, qat)).isLessThan(0.9 * before);
    for (LayerQuantizer q : new PreparedModel(qat.network()).quantizers().values()) {
      assertThat(q.pass().mode()).isEqualTo(Mode.QAT);
    }
    qat.freeze();
  }

  /** 256 rows whose features go together. */
  private static final class Data {
    private final INDArray x = rows();

    private static INDArray rows() {
      Random random = new Random(9);
      INDArray x = Nd4j.create(256, 5);
      for (int i = 0; i < 256; i++) {
        double common = random.nextGaussian();
        for (int j = 0; j < 5; j++) {
          x.putScalar(i, j, common + 0.5 * random.nextGaussian() + 0.3);
        }
      }
      return x;
    }

    MultiDataSetIterator iterator() {
      return new IteratorMultiDataSetIterator(
          List.<MultiDataSet>of(new org.nd4j.linalg.dataset.MultiDataSet(x, Nd4j.zeros(256, 3)))
              .iterator(),
          256);
    }

    private INDArray error(MultiLayerNetwork floats, QatNetwork qat) {
      return qat.output(x).sub(floats.output(x));
    }

    double meanError(MultiLayerNetwork floats, QatNetwork qat) {
      return error(floats, qat).mean(0).norm1Number().doubleValue();
    }

    double squareError(MultiLayerNetwork floats, QatNetwork qat) {
      return error(floats, qat).norm2Number().doubleValue();
    }
  }

  @ParameterizedTest
  @EnumSource(Example.class)
  void everyNetworkIsImprovedAndFrozen(Example example) {
    Model floats = example.network();
    QatNetwork qat = ternary(floats, example);
    double before = errors(floats, qat, example)[1];

    qat.roundAdaptively(floats, example.data(1, 2), 2, 50);
    qat.correctBiases(floats, example.data(1, 2), 2);

    assertThat(errors(floats, qat, example)[1]).isLessThan(1.2 * before);
    qat.freeze();
  }

  @Test
  void anotherNetworkIsNoReference() {
    QatNetwork qat = ternary(Example.TOKENS.network(), Example.TOKENS);
    assertThatThrownBy(() -> qat.correctBiases(uneven(), Example.TOKENS.data(1, 1), 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("other layers");
  }
}
