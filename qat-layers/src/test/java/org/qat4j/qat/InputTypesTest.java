package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.IntegerRuntime;

/** Features of every type and shape that DL4J takes are taken under quantization too. */
class InputTypesTest {
  private static final InputType VECTOR = InputType.feedForward(6);
  private static final InputType IMAGE = InputType.convolutional(6, 6, 2);
  private static final InputType SEQUENCE = InputType.recurrent(6, 5);

  private record Case(InputType type, Layer first) {
    long[] shape() {
      return type == VECTOR
          ? new long[] {6}
          : type == IMAGE ? new long[] {2, 6, 6} : new long[] {6, 5};
    }
  }

  private static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("dense", new Case(VECTOR, new DenseLayer.Builder().nOut(5).build()));
    cases.put("activation", new Case(VECTOR, new ActivationLayer(Activation.TANH)));
    cases.put("normalization", new Case(VECTOR, new BatchNormalization()));
    cases.put("convolution", new Case(IMAGE, new ConvolutionLayer.Builder(3, 3).nOut(3).build()));
    cases.put(
        "separable", new Case(IMAGE, new SeparableConvolution2D.Builder(3, 3).nOut(3).build()));
    cases.put(
        "average",
        new Case(
            IMAGE,
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build()));
    cases.put("sequence", new Case(SEQUENCE, new Convolution1DLayer.Builder(2).nOut(4).build()));
    cases.put(
        "lstm", new Case(SEQUENCE, new LSTM.Builder().nOut(4).activation(Activation.TANH).build()));
    return cases;
  }

  private static MultiLayerNetwork network(Case c) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Adam(0.01))
            .list()
            .layer(c.first.clone());
    if (c.type == SEQUENCE) {
      list.layer(new GlobalPoolingLayer(PoolingType.MAX));
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list.layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
                .setInputType(c.type)
                .build());
    network.init();
    return network;
  }

  private static DataSet data(DataType type, long... shape) {
    Random random = new Random(3);
    long[] all =
        Stream.of(new long[] {16}, shape).flatMapToLong(java.util.Arrays::stream).toArray();
    INDArray x = Nd4j.create(DataType.FLOAT, all);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, random.nextInt(100));
    }
    INDArray y = Nd4j.zeros(16, 3);
    for (int i = 0; i < 16; i++) {
      y.putScalar(i, i % 3, 1);
    }
    return new DataSet(x.castTo(type), y);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT", "UBYTE", "BYTE", "SHORT", "LONG", "DOUBLE"})
  void trainsAsWithFloats(DataType type) {
    cases()
        .forEach(
            (name, c) -> {
              MultiLayerNetwork network = network(c);
              QatNetwork[] both = new QatNetwork[2];
              DataType[] types = {type, DataType.FLOAT};
              for (int i = 0; i < 2; i++) {
                // Made anew each time: DL4J's activation layers compute in what they are given.
                both[i] = Qat.prepare(network, QuantSpec.int8());
                both[i].calibrate(new SingletonDataSetIterator(data(types[i], c.shape())), 1);
                for (int step = 0; step < 3; step++) {
                  both[i].multiLayerNetwork().fit(data(types[i], c.shape()));
                }
              }
              assertThat(both[0].network().params()).as(name).isEqualTo(both[1].network().params());
              assertThat(both[0].output(data(type, c.shape()).getFeatures()))
                  .as(name)
                  .isEqualTo(both[1].output(data(DataType.FLOAT, c.shape()).getFeatures()));
              assertThat(both[0].freeze().ops()).as(name).isEqualTo(both[1].freeze().ops());
            });
  }

  /** Ids as [n, 1, t], with a mask, freeze like [n, t]. */
  @Test
  void idsMayHaveAnAxisMore() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(new EmbeddingSequenceLayer.Builder().nIn(9).nOut(4).inputLength(5).build())
                .layer(new LSTM.Builder().nIn(4).nOut(4).activation(Activation.TANH).build())
                .layer(new GlobalPoolingLayer(PoolingType.MAX))
                .layer(
                    new OutputLayer.Builder().nIn(4).nOut(3).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    Random random = new Random(1);
    INDArray ids = Nd4j.zeros(8, 5);
    INDArray mask = Nd4j.zeros(8, 5);
    INDArray y = Nd4j.zeros(8, 3);
    for (int n = 0; n < 8; n++) {
      y.putScalar(n, n % 3, 1);
      for (int t = 0; t < 1 + n % 5; t++) {
        ids.putScalar(n, t, 1 + random.nextInt(8));
        mask.putScalar(n, t, 1);
      }
    }
    IntegerModel[] models = new IntegerModel[2];
    for (int i = 0; i < 2; i++) {
      INDArray x = i == 0 ? ids : ids.reshape(8, 1, 5);
      DataSet data = new DataSet(x, y, mask, null);
      QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
      qat.calibrate(new SingletonDataSetIterator(data), 1);
      qat.multiLayerNetwork().fit(data);
      models[i] = qat.freeze();
      INDArray there = qat.output(x);
      IntegerRuntime runtime = new IntegerRuntime(models[i]);
      for (int n = 0; n < 8; n++) {
        assertThat(runtime.run(SampleArrays.of(models[i], n, x)))
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(there.getRow(n).toFloatVector());
      }
    }
    assertThat(models[1].inputs()).isEqualTo(models[0].inputs());
    assertThat(models[1].ops()).isEqualTo(models[0].ops());
  }
}
