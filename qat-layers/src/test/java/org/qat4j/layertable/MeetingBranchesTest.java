package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.qat.Qat;

/** Graphs whose branches meet in every way that DL4J allows: what `describe` lets pass freezes. */
class MeetingBranchesTest {
  private static final int EXAMPLES = 16;

  private static ElementWiseVertex add() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  private static GraphBuilder graph(String... inputs) {
    return Nets.builder(DataType.FLOAT).graphBuilder().addInputs(inputs);
  }

  /** Dense layers of 6 in a row, each of which reads the one before. */
  private static GraphBuilder stack(GraphBuilder graph, String first, String... names) {
    String last = first;
    for (String name : names) {
      graph.addLayer(name, Nets.dense(6, Activation.TANH), last);
      last = name;
    }
    return graph;
  }

  private static ComputationGraph finished(GraphBuilder graph, String last, InputType... types) {
    graph.addLayer("out", Nets.output(), last).setOutputs("out").setInputTypes(types);
    return initialized(graph);
  }

  private static ComputationGraph initialized(GraphBuilder graph) {
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  /** Vectors of 6 for each input. */
  private static MultiDataSet vectors(int inputs) {
    Random random = new Random(3);
    INDArray[] features = new INDArray[inputs];
    for (int i = 0; i < inputs; i++) {
      // Of different size, so that no scale fits all.
      features[i] = Nets.reals(random, DataType.FLOAT, EXAMPLES, 6).mul(Math.pow(3, i));
    }
    return Nets.classes(random, EXAMPLES, DataType.FLOAT, features);
  }

  private static final InputType SIX = InputType.feedForward(6);

  private static Map<String, Consumer<GraphBuilder>> overOneInput() {
    Map<String, Consumer<GraphBuilder>> graphs = new LinkedHashMap<>();
    graphs.put(
        "an input is merged",
        g -> stack(g, "x", "a").addVertex("end", new MergeVertex(), "x", "a"));
    graphs.put(
        "an input is merged twice and read by layers",
        g ->
            stack(stack(g, "x", "a", "b"), "x", "c")
                .addVertex("m", new MergeVertex(), "x", "b")
                .addLayer("d", Nets.dense(4, Activation.RELU), "m")
                .addVertex("end", new MergeVertex(), "d", "x", "c"));
    graphs.put(
        "a merge of merges, each read by a layer and by the next merge",
        g -> {
          stack(g, "x", "a", "b").addVertex("m1", new MergeVertex(), "a", "b");
          g.addLayer("c", Nets.dense(4, Activation.RELU), "m1");
          g.addVertex("m2", new MergeVertex(), "m1", "c");
          g.addLayer("d", Nets.dense(3, Activation.TANH), "m2");
          g.addVertex("end", new MergeVertex(), "m2", "d");
        });
    graphs.put(
        "a sum as the second input of a sum",
        g ->
            stack(g, "x", "a", "b", "c")
                .addVertex("s", add(), "a", "b")
                .addVertex("end", add(), "c", "s"));
    graphs.put(
        "a sum with an input of the network",
        g -> stack(g, "x", "a").addVertex("end", add(), "x", "a"));
    graphs.put(
        "an input is added to itself and to a layer, and read",
        g ->
            stack(g, "x", "a")
                .addVertex("s", add(), "x", "x")
                .addVertex("t", add(), "s", "a")
                .addVertex("end", new MergeVertex(), "t", "x"));
    graphs.put(
        "a merge is added",
        g ->
            stack(g, "x", "a", "b")
                .addVertex("m", new MergeVertex(), "a", "b")
                .addLayer("c", Nets.dense(12, Activation.TANH), "m")
                .addVertex("end", add(), "c", "m"));
    graphs.put(
        "a merge of a value with itself is added and multiplied",
        g ->
            stack(g, "x", "a")
                .addVertex("m", new MergeVertex(), "a", "a")
                .addLayer("b", Nets.dense(12, Activation.TANH), "m")
                .addVertex("s", add(), "m", "b")
                .addVertex("end", new ElementWiseVertex(ElementWiseVertex.Op.Product), "m", "s"));
    for (ElementWiseVertex.Op op : ElementWiseVertex.Op.values()) {
      if (op != ElementWiseVertex.Op.Add) {
        graphs.put(
            op + " of an input and a layer, read by two",
            g ->
                stack(g, "x", "a")
                    .addVertex("e", new ElementWiseVertex(op), "x", "a")
                    .addLayer("b", Nets.dense(4, Activation.RELU), "e")
                    .addLayer("c", Nets.dense(4, Activation.RELU), "e")
                    .addVertex("end", new MergeVertex(), "b", "c", "e"));
      }
    }
    graphs.put(
        "scaled and shifted values, read by two",
        g ->
            stack(g, "x", "a", "b")
                .addVertex("twice", new ScaleVertex(2.3), "b")
                .addVertex("off", new ShiftVertex(0.7), "x")
                .addVertex("on", new ShiftVertex(-0.2), "twice")
                .addLayer("c", Nets.dense(4, Activation.RELU), "twice")
                .addVertex("s", add(), "twice", "a")
                .addVertex("end", new MergeVertex(), "c", "off", "on", "s", "twice"));
    graphs.put(
        "a product of a sum and a merge",
        g ->
            stack(g, "x", "a", "b")
                .addLayer("c", Nets.dense(12, Activation.TANH), "x")
                .addLayer("d", Nets.dense(12, Activation.RELU), "x")
                .addVertex("m", new MergeVertex(), "a", "b")
                .addVertex("s", add(), "c", "d")
                .addVertex("end", new ElementWiseVertex(ElementWiseVertex.Op.Product), "s", "m"));
    return graphs;
  }

  @TestFactory
  Stream<DynamicTest> vectorsMeet() {
    List<DynamicTest> tests = new ArrayList<>();
    overOneInput()
        .forEach(
            (name, make) -> {
              tests.add(
                  DynamicTest.dynamicTest(
                      name,
                      () -> {
                        GraphBuilder graph = graph("x");
                        make.accept(graph);
                        WholeWay.of(finished(graph, "end", SIX), vectors(1));
                      }));
              tests.add(
                  DynamicTest.dynamicTest(
                      name + ", which ends the graph",
                      () -> {
                        GraphBuilder graph = graph("x");
                        make.accept(graph);
                        graph.setOutputs("end").setInputTypes(SIX);
                        IntegerModel model =
                            WholeWay.ofUntrained(initialized(graph), vectors(1), 0);
                        assertThat(model.value(model.outputs().get(0)).isCodes()).isTrue();
                      }));
            });
    return tests.stream();
  }

  @Test
  void twoInputsAreReadByOneLayer() {
    GraphBuilder graph = graph("x", "y");
    graph.addLayer("d", Nets.dense(5, Activation.RELU), "x", "y");
    WholeWay.of(finished(graph, "d", SIX, SIX), vectors(2));
  }

  @Test
  void anEmbeddingStandsBesideNumbers() {
    GraphBuilder graph = graph("id", "x");
    DenseLayer dense = Nets.dense(5, Activation.RELU);
    dense.setNIn(10);
    OutputLayer out = Nets.output();
    out.setNIn(11);
    graph
        .addLayer("rows", new EmbeddingLayer.Builder().nIn(Nets.VOCABULARY).nOut(4).build(), "id")
        .addVertex("m", new MergeVertex(), "rows", "x")
        .addLayer("d", dense, "m")
        .addVertex("end", new MergeVertex(), "d", "x")
        .addLayer("out", out, "end")
        .setOutputs("out");
    Random random = new Random(4);
    INDArray ids = Nets.ids(random, DataType.FLOAT, EXAMPLES, 1);
    INDArray numbers = Nets.reals(random, DataType.FLOAT, EXAMPLES, 6);
    MultiDataSet batch = Nets.classes(random, EXAMPLES, DataType.FLOAT, ids, numbers);
    WholeWay.of(initialized(graph), batch);
  }

  @Test
  void aSequenceStandsBesideNumbers() {
    GraphBuilder graph = graph("steps", "x");
    LSTM lstm = new LSTM.Builder().nOut(4).activation(Activation.TANH).build();
    graph
        .addLayer("lstm", new LastTimeStep(new Bidirectional(lstm)), "steps")
        .addVertex("m", new MergeVertex(), "lstm", "x")
        .addLayer("d", Nets.dense(8, Activation.TANH), "lstm")
        .addVertex("s", add(), "lstm", "d")
        .addVertex("end", new MergeVertex(), "m", "s");
    Random random = new Random(4);
    INDArray steps = Nets.reals(random, DataType.FLOAT, EXAMPLES, Nets.CHANNELS, Nets.STEPS);
    INDArray numbers = Nets.reals(random, DataType.FLOAT, EXAMPLES, 6);
    MultiDataSet batch = Nets.classes(random, EXAMPLES, DataType.FLOAT, steps, numbers);
    InputType sequence = InputType.recurrent(Nets.CHANNELS, Nets.STEPS);
    WholeWay.of(finished(graph, "end", sequence, SIX), batch);
  }

  /** DenseNet and UNet in small: what is merged is pooled, and read again later. */
  @Test
  void mergedImagesArePooledAndReadAgain() {
    GraphBuilder graph = graph("x");
    graph
        .addLayer("a", same(3), "x")
        .addVertex("m1", new MergeVertex(), "x", "a")
        .addLayer("b", same(4), "m1")
        .addVertex("m2", new MergeVertex(), "m1", "b")
        .addLayer(
            "pool",
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(1, 1)
                .build(),
            "m2")
        .addLayer("c", same(3), "pool")
        .addLayer("d", same(3), "pool")
        .addLayer("act", new ActivationLayer(Activation.RELU), "m2")
        .addLayer("top", Nets.global(PoolingType.MAX), "act")
        .addVertex("m3", new MergeVertex(), "pool", "c", "d")
        .addLayer("mean", Nets.global(PoolingType.AVG), "m3")
        .addVertex("end", new MergeVertex(), "mean", "top");
    InputType image = InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES);
    WholeWay.of(
        finished(graph, "end", image), Nets.images(new Random(5), EXAMPLES, DataType.FLOAT));
  }

  private static ConvolutionLayer same(int out) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(out)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.RELU)
        .build();
  }

  /** What is rounded once for two who read it with different scales is made twice. */
  @Test
  void eachReaderHasItsScale() {
    GraphBuilder graph = graph("x");
    overOneInput()
        .get("a merge of merges, each read by a layer and by the next merge")
        .accept(graph);
    IntegerModel model = WholeWay.of(finished(graph, "end", SIX), vectors(1));
    assertThat(model.ops().stream().filter(op -> op instanceof Op.Concat).map(Op::name))
        .contains("m1", "m1/2", "m2", "end")
        .doesNotHaveDuplicates();
  }

  @Test
  void frozenVerticesAreQuantized() {
    GraphBuilder graph = graph("x");
    stack(graph, "x", "a", "b")
        .addVertex("s", add(), "a", "b")
        .addVertex("p", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b")
        .addVertex("m", new MergeVertex(), "s", "p")
        .addLayer("c", Nets.dense(5, Activation.TANH), "m");
    ComputationGraph whole = finished(graph, "c", SIX);
    ComputationGraph frozen =
        new TransferLearning.GraphBuilder(whole)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(new Sgd(0.01)).build())
            .setFeatureExtractor("m")
            .build();
    WholeWay.of(frozen, vectors(1));
  }

  static LongStream few() {
    return LongStream.concat(LongStream.range(0, 20), LongStream.of(152)); // which has had a tie
  }

  static LongStream many() {
    return LongStream.range(20, 320);
  }

  @ParameterizedTest
  @MethodSource("few")
  void anythingReadsAnything(long seed) {
    RandomJoins drawn = new RandomJoins(seed);
    ComputationGraph network = drawn.create();
    network.fit(drawn.data());
    assumeThat(Double.isFinite(network.params().sumNumber().doubleValue()))
        .as("values that Deeplearning4j's functions take are not too large for them")
        .isTrue();
    WholeWay.ofUntrained(network, drawn.data(), 3);
  }

  /** Also where an input of the network lies in front of the channels that are evened out. */
  @ParameterizedTest
  @MethodSource("few")
  void anEqualizedGraphComputesTheSame(long seed) {
    RandomJoins drawn = new RandomJoins(seed);
    ComputationGraph network = drawn.create();
    MultiDataSet data = drawn.data();
    INDArray expected = network.output(data.getFeatures())[0].dup();
    INDArray actual = ((ComputationGraph) Qat.equalized(network)).output(data.getFeatures())[0];
    double span = expected.amaxNumber().doubleValue();
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThanOrEqualTo(1e-4 * span);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("many")
  void muchReadsAnything(long seed) {
    anythingReadsAnything(seed);
  }
}
