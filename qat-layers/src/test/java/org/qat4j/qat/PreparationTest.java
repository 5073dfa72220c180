package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.qat4j.QatException;
import org.qat4j.graph.Match;
import org.qat4j.layers.internal.quantized.QatDense;
import org.qat4j.model.Op;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.WeightSpec;

class PreparationTest {

  @ParameterizedTest
  @EnumSource
  void theGivenNetworkStaysAsItIs(Example example) {
    var network = example.network();
    INDArray before = network.params().dup();
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    assertThat(network.params()).isEqualTo(before);
    Example.params(network)
        .forEach((k, p) -> assertThat(Example.params(qat.network()).get(k)).isEqualTo(p));
    qat.calibrate(example.data(1, 2), 2);
    Example.fit(qat, example.data(1, 2));
    assertThat(network.params()).isEqualTo(before);
  }

  @Test
  void theLaterOverrideWins() {
    QuantSpec spec =
        QuantSpec.of(LayerSpec.of(4, 6))
            .with(new Match.Type("DenseLayer"), s -> s.withWeights(s.weights().withBits(5)))
            .with(new Match.NamePattern("(dense|features)"), s -> LayerSpec.of(3, 7))
            .with(
                new Match.Name("dense"),
                s -> s.withActivations(s.activations().withScheme(Scheme.SYMMETRIC)))
            .with(new Match.First(), s -> s.withWeights(s.weights().withBits(8)))
            .with(new Match.Last(), s -> LayerSpec.int8());
    var q = new PreparedModel(Qat.prepare(Example.GRAPH.network(), spec).network()).quantizers();
    assertThat(q.get("dense").settings().spec())
        .isEqualTo(
            LayerSpec.of(3, 7)
                .withActivations(LayerSpec.of(3, 7).activations().withScheme(Scheme.SYMMETRIC)));
    assertThat(q.get("features").settings().spec().weights().bits()).isEqualTo(8);
    assertThat(q.get("features").settings().spec().activations().bits()).isEqualTo(7);
    assertThat(q.get("embedding").settings().spec()).isEqualTo(LayerSpec.of(8, 6));
    assertThat(q.get("wide").settings().spec()).isEqualTo(LayerSpec.of(4, 6));
    assertThat(q.get("out").settings().spec()).isEqualTo(LayerSpec.int8());
  }

  @Test
  void anOverrideThatMatchesNothingIsRefused() {
    assertThatThrownBy(
            () ->
                Qat.prepare(
                    Example.TOKENS.network(),
                    QuantSpec.int8().with(new Match.Name("dens"), s -> s)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("layer \"dens\" matches no layer")
        .hasMessageContaining("dense");
    assertThatThrownBy(
            () ->
                Qat.describe(
                    Example.TOKENS.network(),
                    QuantSpec.int8().with(new Match.Type("Convolution2D"), s -> s)))
        .hasMessageContaining("Convolution1DLayer");
    assertThatThrownBy(() -> new Match.NamePattern("(")).isInstanceOf(QatException.class);
  }

  @Test
  void allThatCannotBeQuantizedIsNamedAtOnce() {
    MultiLayerNetwork network =
        initialized(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(
                    new SelfAttentionLayer.Builder()
                        .name("attention")
                        .nIn(2)
                        .nOut(3)
                        .nHeads(1)
                        .projectInput(true)
                        .build())
                .layer(
                    new RnnLossLayer.Builder()
                        .name("out")
                        .activation(Activation.CUBE)
                        .lossFunction(LossFunctions.LossFunction.MSE)
                        .build()));
    Preflight preflight = Qat.describe(network, QuantSpec.int8());
    assertThat(preflight.isFine()).isFalse();
    assertThat(preflight.problems()).hasSize(2);
    assertThat(preflight.problems().get(0))
        .contains("\"attention\"", "SelfAttentionLayer", "twice the gradient");
    assertThat(preflight.problems().get(1)).contains("\"out\"", "as answers of a network");
    assertThat(preflight.toString()).contains("NOT QUANTIZED");
    assertThatThrownBy(() -> Qat.prepare(network, QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"attention\"")
        .hasMessageContaining("\"out\"");
  }

  @Test
  void configurationsWithoutAnIntegerFormAreRefusedWithTheReason() {
    var list = new NeuralNetConfiguration.Builder().list();
    refused(
        "normalize behind the layer",
        list.layer(new SimpleRnn.Builder().nIn(2).nOut(3).hasLayerNorm(true).build())
            .layer(output(Activation.SOFTMAX)));
    list = new NeuralNetConfiguration.Builder().list();
    refused(
        "weight noise",
        list.layer(dense().weightNoise(new DropConnect(0.5)).build())
            .layer(output(Activation.SOFTMAX)));
    list = new NeuralNetConfiguration.Builder().list();
    refused(
        "activation function",
        list.layer(dense().build())
            .layer(output(Activation.CUBE))
            .validateOutputLayerConfig(false));
  }

  private static void refused(String reason, NeuralNetConfiguration.ListBuilder list) {
    MultiLayerNetwork network = initialized(list);
    assertThatThrownBy(() -> Qat.prepare(network, QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(reason);
  }

  private static MultiLayerNetwork initialized(NeuralNetConfiguration.ListBuilder list) {
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().nIn(2).nOut(3).activation(Activation.RELU);
  }

  private static OutputLayer output(Activation f) {
    return new OutputLayer.Builder().nIn(3).nOut(2).activation(f).build();
  }

  @Test
  void schemesThatALayerCannotHaveAreRefused() {
    WeightSpec tensor = WeightSpec.of(8).withGranularity(new Granularity.Tensor());
    LayerSpec asymmetric = LayerSpec.int8().withWeights(tensor.withScheme(Scheme.ASYMMETRIC));
    assertThatThrownBy(() -> Qat.prepare(Example.TOKENS.network(), QuantSpec.of(asymmetric)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"embedding\"")
        .hasMessageContaining("symmetric");
  }

  /** One range makes one scale only where it is quantized in one way. */
  @Test
  void layersMayBeCalledAnything() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("a + b", dense().build(), "in")
                .addLayer("a/b + c/OUTPUT", dense().build(), "in")
                .addVertex(
                    "mean",
                    new ElementWiseVertex(ElementWiseVertex.Op.Average),
                    "a + b",
                    "a/b + c/OUTPUT")
                .addLayer("out", output(Activation.SOFTMAX), "mean")
                .setOutputs("out")
                .build());
    network.init();
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    INDArray x = Nd4j.createFromArray(new float[][] {{0, 1}, {-1, 2}, {0.5f, 0}, {1, -1}});
    INDArray y = Nd4j.ones(DataType.FLOAT, 4, 2);
    qat.calibrate(new SingletonMultiDataSetIterator(new MultiDataSet(x, y)), 1);
    assertThat(qat.freeze(FreezeInfo.named("any"), x).ops())
        .extracting(Op::name)
        .contains("a + b", "a/b + c/OUTPUT");
    ComputationGraphConfiguration conf = qat.graph().getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
  }

  @Test
  void combinedValuesHaveOneScale() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("left", dense().build(), "in")
                .addLayer("right", dense().build(), "in")
                .addVertex(
                    "mean", new ElementWiseVertex(ElementWiseVertex.Op.Average), "left", "right")
                .addLayer("out", output(Activation.SOFTMAX), "mean")
                .setOutputs("out")
                .build());
    network.init();
    UnaryOperator<LayerSpec> fewer = s -> s.withActivations(LayerSpec.of(8, 4).activations());
    QuantSpec one = QuantSpec.int8().with(new Match.Name("left"), fewer);
    assertThatThrownBy(() -> Qat.prepare(network, one))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"mean\"")
        .hasMessageContaining("\"left\" and \"right\" differ in bits");
    QuantSpec both = QuantSpec.int8().with(new Match.NamePattern("left|right"), fewer);
    assertThat(
            new PreparedModel(Qat.prepare(network, both).network())
                .quantizers()
                .get("left")
                .settings()
                .joined())
        .containsExactly("left", "right");
  }

  /** Otherwise the quantizer of what is read would see values that were scaled up. */
  @Test
  void dropoutInFrontOfAQuantizerBecomesThatOfTheLayer() {
    QatNetwork qat = Qat.prepare(Example.GRAPH.network(), QuantSpec.int8());
    Layer dense = qat.graph().getLayer("dense");
    assertThat(dense.conf().getLayer()).isInstanceOf(QatDense.class);
    assertThat(dense.conf().getLayer().getIDropout()).isEqualTo(new Dropout(0.7));
    assertThat(qat.graph().getLayer("dropout").conf().getLayer().getIDropout()).isNull();
    QatNetwork sequences = Qat.prepare(Example.SEQUENCES.network(), QuantSpec.int8());
    assertThat(sequences.multiLayerNetwork().getLayer(4).conf().getLayer().getIDropout())
        .as("in front of a layer that reads codes made elsewhere")
        .isEqualTo(new Dropout(0.8));
  }

  @Test
  void thePreflightSaysHowEachLayerIsQuantized() {
    String table =
        Qat.describe(
                Example.GRAPH.network(),
                QuantSpec.of(LayerSpec.of(4, 8)).with(new Match.Last(), s -> LayerSpec.int8()))
            .toString();
    assertThat(table.lines().map(l -> l.replaceAll(" +", " ")))
        .anyMatch(l -> l.startsWith("embedding EmbeddingSequenceLayer 80 int4, per tensor"))
        .anyMatch(l -> l.startsWith("wide Convolution1DLayer 102 int4, per channel, symmetric"))
        .anyMatch(l -> l.startsWith("wideMax GlobalPoolingLayer 0 codes pass unchanged"))
        .anyMatch(l -> l.contains("makes codes for dense/INPUT"))
        .anyMatch(l -> l.startsWith("out OutputLayer 27 int8") && l.endsWith("makes real logits"));
  }
}
