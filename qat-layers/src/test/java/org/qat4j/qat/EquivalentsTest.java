package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.qat.internal.Equivalents;

/** Layers that are exchanged for others answer the same, and are trained on as they were. */
@SuppressWarnings("deprecation") // GravesBidirectionalLSTM
class EquivalentsTest {
  private static final float NEAR = 1e-5f;
  private static final InputType VECTOR = InputType.feedForward(5);

  static Stream<Arguments> layers() {
    Layer variational =
        new VariationalAutoencoder.Builder()
            .encoderLayerSizes(6, 4)
            .decoderLayerSizes(6)
            .nOut(3)
            .activation(Activation.TANH)
            .pzxActivationFunction(Activation.SIGMOID)
            .build();
    Layer recurrent =
        new GravesBidirectionalLSTM.Builder().nOut(4).activation(Activation.TANH).build();
    return Stream.of(
        Arguments.of(
            new AutoEncoder.Builder().nOut(4).activation(Activation.SIGMOID).build(), VECTOR),
        Arguments.of(variational, VECTOR),
        Arguments.of(new FrozenLayer(recurrent.clone()), InputType.recurrent(5, 7)),
        Arguments.of(recurrent, InputType.recurrent(5, 7)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void stacksAnswerAndLearnTheSame(Layer layer, InputType type) {
    var list = builder().list().layer(layer.clone());
    if (type instanceof InputType.InputTypeRecurrent) {
      list.layer(new GlobalPoolingLayer(PoolingType.AVG));
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(list.layer(dense()).layer(out()).setInputType(type).build());
    check(network, type);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void graphsAnswerAndLearnTheSame(Layer layer, InputType type) {
    var graph = builder().graphBuilder().addInputs("x").addLayer("layer", layer.clone(), "x");
    String last = "layer";
    if (type instanceof InputType.InputTypeRecurrent) {
      graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last);
      last = "pool";
    }
    ComputationGraph network =
        new ComputationGraph(
            graph
                .addLayer("dense", dense(), last)
                .addLayer("out", out(), "dense")
                .setOutputs("out")
                .setInputTypes(type)
                .build());
    check(network, type);
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(5).updater(new Adam(0.01)).l2(0.01);
  }

  private static Layer dense() {
    return new DenseLayer.Builder().nOut(6).activation(Activation.RELU).build();
  }

  private static Layer out() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(2)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static void check(Model network, InputType type) {
    network.init();
    Nd4j.getRandom().setSeed(2);
    INDArray x = type == VECTOR ? Nd4j.rand(4, 5) : Nd4j.rand(4, 5, 7);
    DataSet batch = new DataSet(x, Nd4j.eye(2).repeat(0, 2));
    step(network, batch);
    step(network, batch);

    Model made = Equivalents.of(network);
    assertThat(made).isNotSameAs(network);
    assertThat(output(made, x).distance2(output(network, x))).isLessThan(NEAR);
    step(network, batch);
    step(made, batch);
    assertThat(output(made, x).distance2(output(network, x))).isLessThan(NEAR);

    assertThat(Qat.describe(network, QuantSpec.int8()).problems()).isEmpty();
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    assertThat(output(qat.toFloat(), x).distance2(output(network, x))).isLessThan(NEAR);
  }

  private static void step(Model network, DataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.fit(batch);
    } else {
      ((MultiLayerNetwork) network).fit(batch);
    }
  }

  private static INDArray output(Model network, INDArray x) {
    return network instanceof ComputationGraph graph
        ? graph.output(x)[0]
        : ((MultiLayerNetwork) network).output(x);
  }
}
