package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.graph.Match;
import org.qat4j.quantizer.Unsupported;

/** What is refused, before any work, with all reasons and what to do instead. */
class RefusalTest {
  private static DenseLayer dense() {
    return new DenseLayer.Builder().nIn(8).nOut(8).activation(Activation.RELU).build();
  }

  private static OutputLayer output(Activation activation) {
    return new OutputLayer.Builder().nIn(8).nOut(3).activation(activation).build();
  }

  private static NeuralNetConfiguration.ListBuilder list() {
    return new NeuralNetConfiguration.Builder().seed(1).list();
  }

  private static MultiLayerNetwork initialized(NeuralNetConfiguration.ListBuilder list) {
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  @Test
  void aNetworkThatIsNotInitialized() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(list().layer(dense()).layer(output(Activation.SOFTMAX)).build());
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", output(Activation.SOFTMAX), "in")
                .setOutputs("out")
                .build());
    for (org.deeplearning4j.nn.api.Model model :
        java.util.List.<org.deeplearning4j.nn.api.Model>of(network, graph)) {
      assertThatThrownBy(() -> Qat.prepare(model, QuantSpec.int8()))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("call init()");
      assertThatThrownBy(() -> Qat.describe(model, QuantSpec.int8()))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("call init()");
      assertThatThrownBy(() -> Qat.equalized(model))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("call init()");
    }
  }

  @Test
  void aNetworkInWhichNothingCanBeQuantized() {
    MultiLayerNetwork network =
        initialized(
            list()
                .layer(new SimpleRnn.Builder().nIn(8).nOut(8).hasLayerNorm(true).build())
                .layer(new GlobalPoolingLayer.Builder(PoolingType.PNORM).name("pool").build())
                .validateOutputLayerConfig(false));
    assertThatThrownBy(
            () -> Qat.prepare(network, QuantSpec.int8().withUnsupported(Unsupported.FLOAT)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("no layer that can be quantized")
        .hasMessageContaining("normalize behind the layer")
        .hasMessageContaining("PNORM");
  }

  @ParameterizedTest
  @EnumSource(
      names = {"STOCHASTIC_GRADIENT_DESCENT"},
      mode = EnumSource.Mode.EXCLUDE)
  void optimizersThatSearchAlongALine(OptimizationAlgorithm algorithm) {
    MultiLayerNetwork network =
        initialized(
            new NeuralNetConfiguration.Builder()
                .optimizationAlgo(algorithm)
                .list()
                .layer(dense())
                .layer(output(Activation.SOFTMAX)));
    for (Unsupported how : Unsupported.values()) {
      assertThatThrownBy(() -> Qat.prepare(network, QuantSpec.int8().withUnsupported(how)))
          .isInstanceOf(QatException.class)
          .hasMessageContaining(algorithm.name())
          .hasMessageContaining("STOCHASTIC_GRADIENT_DESCENT");
    }
  }

  @Test
  void poolingByNorms() {
    assertThat(
            Qat.describe(
                    initialized(
                        list()
                            .layer(new Convolution1DLayer.Builder(1).nIn(4).nOut(8).build())
                            .layer(
                                new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.PNORM)
                                    .pnorm(2)
                                    .kernelSize(2)
                                    .build())
                            .layer(
                                new GlobalPoolingLayer.Builder(PoolingType.PNORM).pnorm(2).build())
                            .layer(output(Activation.SOFTMAX))),
                    QuantSpec.int8())
                .problems())
        .hasSize(2)
        .anySatisfy(p -> assertThat(p).contains("PNORM", "use MAX or AVG"))
        .anySatisfy(p -> assertThat(p).contains("PNORM", "use MAX, AVG or SUM"));
  }

  /** A dropout that cannot stay, a way of training, and a layer without a form in integers. */
  @Test
  void allKindsOfProblemsAreToldAtOnce() {
    ConvolutionLayer c =
        new ConvolutionLayer.Builder(3, 3)
            .convolutionMode(ConvolutionMode.Same)
            .nOut(4)
            .activation(Activation.RELU)
            .build();
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .optimizationAlgo(OptimizationAlgorithm.LBFGS)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(8, 8, 2))
                .addLayer("first", c.clone(), "in")
                .addLayer("drop", new DropoutLayer(0.5), "first")
                .addLayer("second", c.clone(), "drop")
                .addVertex("merge", new MergeVertex(), "drop", "second")
                .addLayer("third", c.clone(), "merge")
                .addLayer(
                    "norm",
                    new org.deeplearning4j.nn.conf.layers.LocalResponseNormalization.Builder()
                        .build(),
                    "third")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                    "norm")
                .setOutputs("out")
                .build());
    network.init();
    assertThatThrownBy(() -> Qat.prepare(network, QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"first\": is trained by LBFGS")
        .hasMessageContaining("\"drop\": dropout in front of")
        .hasMessageContaining("\"norm\": LocalResponseNormalization");
    assertThat(Qat.describe(network, QuantSpec.int8()).problems()).hasSize(3);
  }

  @Test
  void aLayerMayBeCalledInput() {
    for (String[] names : new String[][] {{"input", "out"}, {"input", "network/input"}}) {
      DenseLayer first = dense();
      first.setLayerName(names[0]);
      OutputLayer last = output(Activation.SOFTMAX);
      last.setLayerName(names[1]);
      MultiLayerNetwork network = initialized(list().layer(first).layer(last));
      INDArray x = Nd4j.linspace(-1, 1, 32).reshape(4, 8).castTo(network.params().dataType());
      QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
      qat.calibrate(new SingletonDataSetIterator(new DataSet(x, Nd4j.zeros(4, 3))), 1);
      assertThat(qat.freeze().ops()).hasSizeGreaterThan(2);
      assertThat(qat.inputs()).doesNotContain(names);
    }
  }

  @Test
  void moreThan8BitsWhereNothingTakesThem() {
    MultiLayerNetwork noSum = initialized(list().layer(dense()).layer(output(Activation.SOFTMAX)));
    refuses(
        noSum,
        QuantSpec.int8().withResidual(16),
        "residual stream shall have 16 bits of its own, but the network has none");
    assertThatThrownBy(() -> QuantSpec.int8().withResidual(7))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("8 to 16 bits");
    MultiLayerNetwork lstm =
        initialized(
            list()
                .layer(new LSTM.Builder().nIn(3).nOut(8).build())
                .layer(new LastTimeStep(new LSTM.Builder().nIn(8).nOut(8).build()))
                .layer(output(Activation.SOFTMAX)));
    refuses(
        lstm,
        QuantSpec.int8()
            .with(new Match.Type("LSTM"), s -> s.withActivations(s.activations().withBits(12))),
        "its activations have 8 bits at most, not 12");
  }

  @Test
  void aWideSumOfWhatHas8Bits() {
    ComputationGraph images =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(4, 4, 2))
                .addLayer("a", new ConvolutionLayer.Builder(1, 1).nOut(3).build(), "in")
                .addLayer("b", new ConvolutionLayer.Builder(1, 1).nOut(3).build(), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer("c", new ConvolutionLayer.Builder(1, 1).nOut(3).build(), "sum")
                .addLayer("out", new OutputLayer.Builder().nOut(2).build(), "c")
                .setOutputs("out")
                .build());
    images.init();
    refuses(
        images,
        QuantSpec.int8().withResidual(16),
        "makes, whose codes have 8 bits at most, while the residual stream shall have 16");
    refuses(
        images,
        QuantSpec.int8().withResidual(8),
        "no product hands on what is added alone, and no layer normalization reads a sum");
  }

  private static void refuses(
      org.deeplearning4j.nn.api.Model network, QuantSpec spec, String message) {
    assertThatThrownBy(() -> Qat.prepare(network, spec))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(message);
  }
}
