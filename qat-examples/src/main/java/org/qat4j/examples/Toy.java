package org.qat4j.examples;

import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** What stands for your own network and data: is the first of six numbers the larger one? */
final class Toy {
  static final int INPUTS = 6;
  private static final int ROWS = 256;

  private Toy() {}

  static DataSet rows() {
    Random random = new Random(1);
    INDArray x = Nd4j.create(ROWS, INPUTS);
    INDArray y = Nd4j.zeros(ROWS, 2);
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < INPUTS; j++) {
        x.putScalar(i, j, random.nextFloat());
      }
      y.putScalar(i, x.getFloat(i, 0) > x.getFloat(i, 1) ? 1 : 0, 1);
    }
    return new DataSet(x, y);
  }

  static DataSetIterator data() {
    return new ListDataSetIterator<>(rows().asList(), 32);
  }

  /** A network with a hidden layer of so many neurons, trained. */
  static MultiLayerNetwork trained(int hidden) {
    return trained(
        new DenseLayer.Builder().nIn(INPUTS).nOut(hidden).activation(Activation.RELU).build());
  }

  /** A network with this hidden layer, trained. */
  static MultiLayerNetwork trained(DenseLayer hidden) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(hidden)
                .layer(new OutputLayer.Builder().nIn((int) hidden.getNOut()).nOut(2).build())
                .build());
    network.init();
    network.fit(data(), 30);
    return network;
  }
}
