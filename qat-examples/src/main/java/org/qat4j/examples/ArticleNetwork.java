package org.qat4j.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.qat4j.model.Op;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;

/** The network of the article, small: embedding, convolution over time, maximum, classes. */
public final class ArticleNetwork {
  private static final int WORDS = 50;
  private static final int LENGTH = 12;

  private ArticleNetwork() {}

  /** Needs no arguments. */
  public static void main(String[] args) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(
                    new EmbeddingSequenceLayer.Builder()
                        .nIn(WORDS)
                        .nOut(16)
                        .inputLength(LENGTH)
                        .build())
                .layer(
                    new Convolution1DLayer.Builder(3)
                        .nIn(16)
                        .nOut(24)
                        .activation(Activation.RELU)
                        .build())
                .layer(new GlobalPoolingLayer(PoolingType.MAX))
                .layer(new OutputLayer.Builder().nIn(24).nOut(2).build())
                .build());
    network.init();
    DataSetIterator data = new ListDataSetIterator<>(texts(), 16);
    network.fit(data, 10);

    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    qat.calibrate(data, 8);
    qat.multiLayerNetwork().fit(data, 2);
    qat.freeze().ops().stream().map(Op::name).forEach(System.out::println);
    System.out.println("accuracy " + qat.multiLayerNetwork().evaluate(data).accuracy());
  }

  /** Made-up texts: the second class has word 1 before word 2 somewhere. */
  private static List<DataSet> texts() {
    Random random = new Random(1);
    List<DataSet> texts = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      INDArray words = Nd4j.zeros(1, LENGTH);
      for (int t = 0; t < LENGTH; t++) {
        words.putScalar(0, t, 3 + random.nextInt(WORDS - 3));
      }
      int at = random.nextInt(LENGTH - 1);
      words.putScalar(0, at, i % 2 == 0 ? 2 : 1);
      words.putScalar(0, at + 1, i % 2 == 0 ? 1 : 2);
      texts.add(new DataSet(words, Nd4j.create(new float[][] {{(i + 1) % 2, i % 2}})));
    }
    return texts;
  }
}
