package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;

/** Ranges of a normalization are trained with its gains, where ranges are. */
class LearnedNormTest {
  @Test
  void rangesOfANormalizationAreLearned() {
    assertThat(moved(new Learned.None())).isZero();
    assertThat(moved(new Learned.Lsq(1))).isGreaterThan(1e-3);
  }

  /** How far the scale of what a normalization makes moves in a training, as a share of it. */
  private static double moved(Learned learned) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(2)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(8).activation(Activation.TANH).build())
                .layer(new LayerNormLayer(8))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(8)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    INDArray x = Nd4j.create(new Random(3).doubles(80, -1, 1).toArray(), new long[] {20, 4}, 'c');
    INDArray labels = Nd4j.create(20, 2);
    for (int i = 0; i < 20; i++) {
      labels.putScalar(i, i % 2, 1);
    }
    DataSet batch = new DataSet(x.castTo(DataType.FLOAT), labels);
    LayerSpec spec = LayerSpec.of(8, 4);
    QatNetwork qat =
        Qat.prepare(
            network,
            QuantSpec.of(spec.withActivations(spec.activations().withLearned(learned)))
                .withSchedule(Schedule.immediately()));
    qat.calibrate(new SingletonDataSetIterator(batch), 1);
    String norm = qat.ranges().keySet().stream().skip(1).findFirst().orElseThrow();
    double before = qat.ranges().get(norm).output().scale();
    for (int i = 0; i < 10; i++) {
      qat.multiLayerNetwork().fit(batch);
    }
    return Math.abs(qat.ranges().get(norm).output().scale() / before - 1);
  }
}
