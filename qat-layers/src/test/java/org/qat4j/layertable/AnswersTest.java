package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;

/** What a network ends in, from training to the answers of the model. */
class AnswersTest {
  private static final int EXAMPLES = 10;
  private static final InputType VECTOR = InputType.feedForward(Nets.FEATURES);
  private static final InputType SEQUENCE = InputType.recurrent(Nets.CHANNELS, Nets.STEPS);
  private static final InputType IMAGE =
      InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES);

  private static Model network(InputType type, Layer... layers) {
    ListBuilder list = Nets.builder(DataType.FLOAT).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    return network;
  }

  /** Features of a network and labels of the shape of what it makes, 0 and 1. */
  private static MultiDataSet batch(Model network, INDArray features) {
    INDArray labels = ((MultiLayerNetwork) network).output(features).dup();
    Random random = new Random(5);
    for (long i = 0; i < labels.length(); i++) {
      labels.putScalar(i, random.nextInt(2));
    }
    return new MultiDataSet(features, labels);
  }

  private static INDArray vectors() {
    return Nets.reals(new Random(1), DataType.FLOAT, EXAMPLES, Nets.FEATURES);
  }

  private static INDArray sequences() {
    return Nets.reals(new Random(1), DataType.FLOAT, EXAMPLES, Nets.CHANNELS, Nets.STEPS);
  }

  private static INDArray images() {
    return Nets.reals(
        new Random(1), DataType.FLOAT, EXAMPLES, Nets.PLANES, Nets.HEIGHT, Nets.WIDTH);
  }

  private static LossFunction loss(Activation f) {
    return switch (f) {
      case SIGMOID -> LossFunction.XENT;
      case SOFTMAX -> LossFunction.MCXENT;
      default -> LossFunction.MSE;
    };
  }

  private static Layer output(Activation f, int n) {
    return new OutputLayer.Builder(loss(f)).nOut(n).activation(f).build();
  }

  private static DynamicTest test(
      String name, Model network, INDArray features, List<Integer> shape, Activation f) {
    return DynamicTest.dynamicTest(
        name + ", " + f,
        () -> {
          IntegerModel model = WholeWay.of(network, batch(network, features));
          String output = model.outputs().get(0);
          assertThat(model.value(output).shape()).isEqualTo(shape);
          assertThat(model.value(output).isReal()).isTrue();
          Op last = model.ops().get(model.ops().size() - 1);
          if (f == Activation.SOFTMAX) {
            assertThat(last).isInstanceOf(Op.Softmax.class);
          } else if (f != Activation.IDENTITY) {
            assertThat(((Op.RealFunction) last).function().name())
                .isEqualTo(f.name().replace("LEAKYRELU", "LEAKY_RELU"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> answers() {
    Activation[] all = {
      Activation.SIGMOID,
      Activation.TANH,
      Activation.RELU,
      Activation.LEAKYRELU,
      Activation.SOFTMAX,
      Activation.IDENTITY
    };
    return Stream.of(all).flatMap(AnswersTest::with);
  }

  private static Stream<DynamicTest> with(Activation f) {
    int steps = Nets.STEPS - 2;
    int few = f == Activation.SOFTMAX ? 2 : 1;
    Layer conv = Nets.conv(4, 3, Activation.TANH);
    Layer image = Nets.conv2d(3, 2, Activation.RELU);
    return Stream.of(
        test(
            "OutputLayer",
            network(VECTOR, Nets.dense(8, Activation.RELU), output(f, 3)),
            vectors(),
            List.of(3),
            f),
        test(
            "OutputLayer, as few scores as there can be",
            network(VECTOR, Nets.dense(8, Activation.RELU), output(f, few)),
            vectors(),
            List.of(few),
            f),
        test(
            "LossLayer",
            network(
                VECTOR,
                Nets.dense(8, Activation.RELU),
                Nets.dense(3, Activation.IDENTITY),
                new LossLayer.Builder(loss(f)).activation(f).build()),
            vectors(),
            List.of(3),
            f),
        test(
            "RnnOutputLayer",
            network(
                SEQUENCE, conv, new RnnOutputLayer.Builder(loss(f)).nOut(3).activation(f).build()),
            sequences(),
            List.of(steps, 3),
            f),
        test(
            "OutputLayer on steps",
            network(SEQUENCE, conv, output(f, 3)),
            sequences(),
            List.of(steps, 3),
            f),
        test(
            "OutputLayer behind an LSTM",
            network(
                SEQUENCE,
                new LSTM.Builder().nOut(4).activation(Activation.TANH).build(),
                output(f, 3)),
            sequences(),
            List.of(Nets.STEPS, 3),
            f),
        test(
            "RnnLossLayer",
            network(
                SEQUENCE,
                conv,
                Nets.conv(3, 1, Activation.IDENTITY),
                new RnnLossLayer.Builder(loss(f)).activation(f).build()),
            sequences(),
            List.of(steps, 3),
            f),
        test(
            "CnnLossLayer",
            network(
                IMAGE,
                image,
                Nets.conv2d(2, 1, Activation.IDENTITY),
                new CnnLossLayer.Builder(loss(f)).activation(f).build()),
            images(),
            List.of(Nets.HEIGHT - 1, Nets.WIDTH - 1, 2),
            f));
  }

  @TestFactory
  Stream<DynamicTest> softmaxStandsInFrontOfALoss() {
    ActivationLayer softmax = new ActivationLayer(Activation.SOFTMAX);
    return Stream.of(
        test(
            "LossLayer",
            network(
                VECTOR,
                Nets.dense(8, Activation.RELU),
                Nets.dense(3, Activation.IDENTITY),
                softmax,
                new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build()),
            vectors(),
            List.of(3),
            Activation.SOFTMAX));
  }

  /** What pools, or normalizes, makes codes, which are the answer where only a loss reads them. */
  @TestFactory
  Stream<DynamicTest> aVectorIsAnAnswer() {
    Layer conv = Nets.conv(4, 3, Activation.TANH);
    return Stream.of(
        vector("mean", SEQUENCE, sequences(), 4, conv, new GlobalPoolingLayer(PoolingType.AVG)),
        vector("sum", SEQUENCE, sequences(), 4, conv, new GlobalPoolingLayer(PoolingType.SUM)),
        vector(
            "normalized",
            VECTOR,
            vectors(),
            8,
            Nets.dense(8, Activation.RELU),
            new LayerNormLayer(8)));
  }

  private static Layer cosine() {
    return new LossLayer.Builder(LossFunction.COSINE_PROXIMITY)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static DynamicTest vector(
      String name, InputType type, INDArray features, int size, Layer first, Layer second) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Model network = network(type, first, second, cosine());
          IntegerModel model = WholeWay.of(network, batch(network, features));
          String output = model.outputs().get(0);
          assertThat(model.value(output).shape()).containsExactly(size);
          assertThat(model.value(output).isCodes()).isTrue();
        });
  }

  /** A product's answers are real, with the function that it has. */
  @TestFactory
  Stream<DynamicTest> aFunctionStandsInFrontOfALoss() {
    Layer first = Nets.dense(8, Activation.TANH);
    Layer plain = new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build();
    Layer image =
        new CnnLossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build();
    return Stream.of(Activation.RELU, Activation.SIGMOID, Activation.SOFTMAX, Activation.TANH)
        .flatMap(
            f ->
                Stream.of(
                    test(
                        "LossLayer",
                        network(VECTOR, first, Nets.dense(3, f), plain),
                        vectors(),
                        List.of(3),
                        f),
                    f == Activation.SOFTMAX
                        ? softmaxOverThirdAxis()
                        : test(
                            "CnnLossLayer",
                            network(IMAGE, Nets.conv2d(2, 2, f), image),
                            images(),
                            List.of(Nets.HEIGHT - 1, Nets.WIDTH - 1, 2),
                            f)));
  }

  /** Of a convolution DL4J computes softmax along the rows of an image. */
  private static DynamicTest softmaxOverThirdAxis() {
    return DynamicTest.dynamicTest(
        "softmax of a convolution",
        () ->
            assertThat(
                    Qat.describe(
                            network(
                                IMAGE,
                                Nets.conv2d(2, 2, Activation.SOFTMAX),
                                new CnnLossLayer.Builder(LossFunction.MSE)
                                    .activation(Activation.IDENTITY)
                                    .build()),
                            QuantSpec.int8())
                        .problems())
                .singleElement()
                .asString()
                .contains("softmax"));
  }

  /** What is no product makes codes, of which a loss with a function makes real values first. */
  @TestFactory
  Stream<DynamicTest> aFunctionOfCodesIsAnAnswer() {
    Layer steps = Nets.conv(3, 3, Activation.TANH);
    LSTM lstm = new LSTM.Builder().nOut(3).activation(Activation.TANH).build();
    return Stream.of(Activation.SOFTMAX, Activation.SIGMOID)
        .flatMap(
            f ->
                Stream.of(
                    test(
                        "vectors",
                        network(
                            VECTOR,
                            Nets.dense(3, Activation.TANH),
                            new LossLayer.Builder(loss(f)).activation(f).build()),
                        vectors(),
                        List.of(3),
                        f),
                    test(
                        "normalized vectors",
                        network(
                            VECTOR,
                            Nets.dense(3, Activation.IDENTITY),
                            new LayerNormLayer(3),
                            new LossLayer.Builder(loss(f)).activation(f).build()),
                        vectors(),
                        List.of(3),
                        f),
                    test(
                        "steps",
                        network(
                            SEQUENCE,
                            steps,
                            lstm,
                            new RnnLossLayer.Builder(loss(f)).activation(f).build()),
                        sequences(),
                        List.of(Nets.STEPS - 2, 3),
                        f),
                    test(
                        "images",
                        network(
                            IMAGE,
                            Nets.conv2d(2, 2, Activation.TANH),
                            new Upsampling2D.Builder(2).build(),
                            new CnnLossLayer.Builder(loss(f)).activation(f).build()),
                        images(),
                        List.of(2 * (Nets.HEIGHT - 1), 2 * (Nets.WIDTH - 1), 2),
                        f)));
  }

  @Test
  void softmaxOfCodesIsAnAnswer() {
    Model network =
        network(
            VECTOR,
            Nets.dense(3, Activation.TANH),
            new BatchNormalization(),
            new ActivationLayer(Activation.SOFTMAX),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build());
    IntegerModel model = WholeWay.of(network, batch(network, vectors()));
    assertThat(model.ops().get(model.ops().size() - 1)).isInstanceOf(Op.Softmax.class);
  }

  @Test
  void aLossOfTheInputIsRefused() {
    Model network =
        network(
            VECTOR, new LossLayer.Builder(LossFunction.MSE).activation(Activation.TANH).build());
    assertThat(Qat.describe(network, QuantSpec.int8()).problems())
        .singleElement()
        .asString()
        .contains("reads what no layer has quantized", "ActivationLayer with IDENTITY");
  }

  /** Elsewhere a softmax has no codes. */
  @Test
  void softmaxIsRefusedWithin() {
    Model network =
        network(
            VECTOR,
            Nets.dense(3, Activation.IDENTITY),
            new ActivationLayer(Activation.SOFTMAX),
            output(Activation.SOFTMAX, 3));
    assertThat(Qat.describe(network, QuantSpec.int8()).problems())
        .singleElement()
        .asString()
        .contains("a softmax within a network", "in front of a LossLayer");
  }

  @Test
  void otherFunctionsAreRefusedAsAnswers() {
    Model network = network(VECTOR, Nets.dense(3, Activation.RELU), output(Activation.CUBE, 3));
    assertThat(Qat.describe(network, QuantSpec.int8()).problems())
        .singleElement()
        .asString()
        .contains("sigmoid, tanh, relu and leakyrelu");
  }
}
