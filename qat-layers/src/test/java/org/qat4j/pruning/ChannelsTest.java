package org.qat4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.graph.Match;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.pruning.PruneRule.Except;
import org.qat4j.pruning.PruneRule.Pattern;
import org.qat4j.pruning.PruneRule.Scope;
import org.qat4j.qat.Example;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.text.WordEncoder;

class ChannelsTest {
  private static final PruningSchedule NOW = PruningSchedule.immediately();

  /** SEQUENCES has a sigmoid, which makes 1/2 of 0, so that "dense" keeps its channels. */
  private static PruneRule rule(Example example, Scope scope, double share) {
    List<Except> except =
        example == Example.SEQUENCES ? List.of(new Except(new Match.Name("dense"), 0)) : List.of();
    return new PruneRule(new Pattern.Channel(), scope, share, except);
  }

  @ParameterizedTest
  @CsvSource({
    "TOKENS, LAYER", "SEQUENCES, LAYER", "GRAPH, LAYER",
    "TOKENS, GLOBAL", "SEQUENCES, GLOBAL", "GRAPH, GLOBAL"
  })
  void theSmallerNetworkAnswersAsTheMaskedOne(Example example, Scope scope) {
    Model network = example.network();
    Example.fit(network, example.data(2, 5));
    new Pruner(network, PruneRule.weights(0.2), NOW).step(0);
    Channels channels = new Channels(network, rule(example, scope, 0.5), NOW);
    channels.step(0);
    Example.fit(network, example.data(3, 5));
    Model smaller = channels.cut();

    assertThat(channels.removed()).isNotEmpty();
    assertThat(smaller.numParams()).isLessThan((long) (0.75 * network.numParams()));
    INDArray[] features = example.features(new Random(4), 9, DataType.FLOAT);
    INDArray expected = output(network, features);
    assertThat(output(smaller, features).sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
    assertTrainsWithItsMasks(smaller, example);
    QatNetwork qat = Qat.prepare(smaller, QuantSpec.int8());
    qat.calibrate(example.data(1, 4), 4);
    Example.fit(qat, example.data(5, 3));
    assertThat(qat.freeze().ops()).isNotEmpty();
  }

  private static void assertTrainsWithItsMasks(Model smaller, Example example) {
    String weights =
        Example.params(smaller).keySet().stream()
            .filter(key -> key.endsWith("_W"))
            .findFirst()
            .orElseThrow();
    INDArray before = Example.params(smaller).get(weights).neq(0);
    assertThat(before.castTo(DataType.INT32).sumNumber().longValue()).isLessThan(before.length());
    Example.fit(smaller, example.data(6, 3));
    assertThat(Example.params(smaller).get(weights).neq(0)).isEqualTo(before);
  }

  private static INDArray output(Model network, INDArray[] features) {
    return network instanceof ComputationGraph graph
        ? graph.outputSingle(features)
        : ((MultiLayerNetwork) network).output(features[0]);
  }

  /** Layers whose values are added lose the same channels; a merge reads what is left of both. */
  private static ComputationGraph residual(boolean recurrent) {
    var graph =
        new NeuralNetConfiguration.Builder()
            .seed(3)
            .updater(new Adam(0.01))
            .activation(Activation.RELU)
            .graphBuilder()
            .addInputs("ids")
            .addLayer(
                "words",
                new EmbeddingSequenceLayer.Builder()
                    .nIn(30)
                    .nOut(8)
                    .inputLength(6)
                    .activation(Activation.IDENTITY)
                    .build(),
                "ids")
            .addLayer("one", new Convolution1DLayer.Builder(1).nIn(8).nOut(8).build(), "words")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "words", "one")
            .addLayer("two", new Convolution1DLayer.Builder(3).nIn(8).nOut(10).build(), "sum")
            .addLayer("max", new GlobalPoolingLayer(PoolingType.MAX), "two")
            .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "sum")
            .addVertex("both", new MergeVertex(), "max", "mean")
            .addLayer("dense", new DenseLayer.Builder().nIn(18).nOut(6).build(), "both");
    String last = "dense";
    int size = 6;
    if (recurrent) {
      graph
          .addLayer(
              "lstm", new LSTM.Builder().nIn(10).nOut(5).activation(Activation.TANH).build(), "two")
          .addLayer("last", new GlobalPoolingLayer(PoolingType.MAX), "lstm")
          .addVertex("end", new MergeVertex(), "dense", "last");
      last = "end";
      size = 11;
    }
    ComputationGraph network =
        new ComputationGraph(
            graph
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(size)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    last)
                .setOutputs("out")
                .build());
    network.init();
    return network;
  }

  private static INDArray ids(long seed) {
    Random random = new Random(seed);
    return Nd4j.createFromArray(
            IntStream.range(0, 5 * 6)
                .mapToObj(i -> random.nextInt(30))
                .mapToDouble(i -> i)
                .toArray())
        .castTo(DataType.FLOAT)
        .reshape(5, 6);
  }

  @Test
  void whatIsAddedStaysTogether() {
    ComputationGraph network = residual(false);
    Channels channels = new Channels(network, PruneRule.channels(0.5), NOW);
    channels.step(0);
    ComputationGraph smaller = (ComputationGraph) channels.cut();

    assertThat(channels.removed())
        .containsExactlyInAnyOrderEntriesOf(Map.of("words", 4, "one", 4, "two", 5, "dense", 3));
    assertThat(smaller.getLayer("dense").getParam("W").shape()).containsExactly(5 + 4, 3);
    assertThat(smaller.getLayer("one").getParam("W").shape()).containsExactly(4, 4, 1, 1);
    INDArray difference = smaller.outputSingle(ids(1)).sub(network.outputSingle(ids(1)));
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-6);
  }

  @Test
  void layersThatAreNotKnownAreNamed() {
    assertThatThrownBy(() -> new Channels(residual(true), PruneRule.channels(0.5), NOW))
        .isInstanceOf(QatException.class)
        .hasMessage(
            "layer \"two\" cannot lose channels: layer \"lstm\" (LSTM) cannot be cut: it is not known"
                + " how; except the layer from the pruning of channels with a sparsity of 0");
    PruneRule except =
        new PruneRule(
            new Pattern.Channel(),
            Scope.LAYER,
            0.5,
            List.of(
                new Except(new Match.NamePattern("two|lstm|last|end"), 0),
                new Except(new Match.Name("dense"), 0)));
    ComputationGraph network = residual(true);
    Channels channels = new Channels(network, except, NOW);
    channels.step(0);
    ComputationGraph smaller = (ComputationGraph) channels.cut();
    assertThat(channels.removed()).containsOnlyKeys("words", "one");
    INDArray difference = smaller.outputSingle(ids(1)).sub(network.outputSingle(ids(1)));
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-6);

    assertThatThrownBy(
            () -> new Channels(Example.SEQUENCES.network(), PruneRule.channels(0.5), NOW))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("layer \"dense\" makes something else than 0 of 0");
    PruneRule nothing =
        new PruneRule(
            new Pattern.Channel(), Scope.LAYER, 0.5, List.of(new Except(new Match.Name("x"), 0)));
    assertThatThrownBy(() -> new Channels(residual(false), nothing, NOW))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("the exception for layer \"x\" matches no layer");
  }

  /** A tag for each step: the output reads every step of what is cut. */
  private static MultiLayerNetwork tagger() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Adam(0.01))
                .convolutionMode(ConvolutionMode.Same)
                .list()
                .layer(
                    new EmbeddingSequenceLayer.Builder()
                        .name("words")
                        .nIn(30)
                        .nOut(8)
                        .inputLength(6)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(
                    new Convolution1DLayer.Builder(3)
                        .name("conv")
                        .nIn(8)
                        .nOut(10)
                        .activation(Activation.RELU)
                        .build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .name("tags")
                        .nIn(10)
                        .nOut(4)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  @Test
  void tagsOfEveryStep() {
    MultiLayerNetwork network = tagger();
    Channels channels = new Channels(network, PruneRule.channels(0.5), NOW);
    channels.step(0);
    MultiLayerNetwork smaller = (MultiLayerNetwork) channels.cut();
    assertThat(smaller.getLayer(2).getParam("W").shape()).containsExactly(5, 4);
    INDArray difference = smaller.output(ids(1)).sub(network.output(ids(1)));
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-6);
  }

  /** Ids that stay give the same answers under their new numbers. */
  @Test
  void vocabularies() {
    ComputationGraph network = (ComputationGraph) Example.GRAPH.network();
    INDArray[] features = Example.GRAPH.features(new Random(4), 9, DataType.FLOAT);
    BitSet stay = new BitSet();
    stay.set(0, 2);
    for (float id : Floats.read(features[0].get(NDArrayIndex.interval(0, 2)))) {
      stay.set((int) id);
    }
    assertThat(stay.cardinality()).isLessThan(Example.VOCABULARY);
    INDArray[] few = new INDArray[4];
    for (int i = 0; i < 4; i++) {
      few[i] = features[i].get(NDArrayIndex.interval(0, 2)).dup();
    }
    INDArray expected = network.outputSingle(few);
    ComputationGraph smaller = (ComputationGraph) Tokens.keep(network, "text", stay);
    for (long i = 0; i < few[0].length(); i++) {
      few[0].putScalar(i, stay.get(0, (int) few[0].getDouble(i)).cardinality());
    }
    assertThat(smaller.outputSingle(few).sub(expected).amaxNumber().doubleValue()).isLessThan(1e-6);
    assertThat(smaller.getLayer("embedding").getParam("W").size(0)).isEqualTo(stay.cardinality());

    assertThatThrownBy(() -> Tokens.keep(network, "reals", stay))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("layer \"features\" (DenseLayer) reads the input \"reals\"");
  }

  @Test
  void tokensThatMatter() {
    ComputationGraph network = residual(false);
    INDArray table = network.getLayer("words").getParam("W");
    long[] counts = new long[30];
    Arrays.fill(counts, 3);
    counts[7] = 0; // never there
    table.putRow(9, table.getRow(1).dup()); // as the unknown one
    table.putRow(12, table.getRow(1).add(100));
    List<String> words = IntStream.range(0, 28).mapToObj(i -> "w" + i).toList();
    WordEncoder encoder = new WordEncoder(words, 6, true, false, false);

    BitSet stay = Tokens.important(network, "ids", encoder, counts, 2 / 28.0);
    assertThat(stay.cardinality()).isEqualTo(28);
    assertThat(stay.get(7) || stay.get(9)).isFalse();
    assertThat(Tokens.important(network, "ids", encoder, counts, 0.99).stream())
        .containsExactly(0, 1, 12);
    assertThat(encoder.keeping(stay).vocabularySize()).isEqualTo(28);
  }
}
