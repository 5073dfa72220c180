package org.qat4j.layertable;

import static org.qat4j.layertable.NetworkCase.IMAGE;
import static org.qat4j.layertable.NetworkCase.SEQUENCE;
import static org.qat4j.layertable.NetworkCase.VECTOR;
import static org.qat4j.layertable.NetworkCase.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Rows of docs/networks.md: graphs. */
final class GraphNetworks {
  private GraphNetworks() {}

  private static GraphBuilder dense(GraphBuilder g, String name, String... from) {
    return g.addLayer(name, Nets.dense(Nets.FEATURES, Activation.TANH), from);
  }

  private static void out(GraphBuilder g, String from) {
    g.addLayer("out", Nets.output(), from).setOutputs("out");
  }

  private static ElementWiseVertex op(ElementWiseVertex.Op op) {
    return new ElementWiseVertex(op);
  }

  /** x and y, each by a dense layer, then the vertex. */
  private static NetworkCase two(String name, GraphVertex vertex) {
    return graph(
        name,
        g -> {
          dense(dense(g, "a", "x"), "b", "y").addVertex("v", vertex, "a", "b");
          out(g, "v");
        },
        VECTOR,
        VECTOR);
  }

  /** The same of inputs of the network. */
  private static NetworkCase raw(String name, GraphVertex vertex) {
    return graph(
        name,
        g -> {
          dense(g.addVertex("v", vertex, "x", "y"), "a", "v");
          out(g, "a");
        },
        VECTOR,
        VECTOR);
  }

  /** x by a dense layer, the vertex, another dense layer. */
  private static NetworkCase one(String name, GraphVertex vertex) {
    return graph(
        name,
        g -> {
          dense(dense(g, "a", "x").addVertex("v", vertex, "a"), "b", "v");
          out(g, "b");
        },
        VECTOR);
  }

  /** x by an LSTM, the vertex, a class for each step. */
  private static NetworkCase steps(String name, GraphVertex vertex) {
    return graph(
        name,
        g -> {
          g.addLayer("a", lstm(), "x").addVertex("v", vertex, "a").addLayer("b", lstm(), "v");
          stepsOut(g, "b");
        },
        SEQUENCE);
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(4).activation(Activation.TANH).build();
  }

  private static void stepsOut(GraphBuilder g, String from) {
    g.addLayer(
            "out",
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build(),
            from)
        .setOutputs("out");
  }

  private static ConvolutionLayer same(int channels) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(channels)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.RELU)
        .build();
  }

  /** One value for all others. */
  private static NetworkCase gate(ElementWiseVertex.Op op) {
    return graph(
        "one value for all, ElementWiseVertex, " + op,
        g -> {
          dense(g, "a", "x")
              .addLayer("gate", Nets.dense(1, Activation.SIGMOID), "x")
              .addVertex("v", op(op), "a", "gate")
              .addVertex("w", op(op), "gate", "a")
              .addVertex("m", new MergeVertex(), "v", "w");
          out(g, "m");
        },
        VECTOR);
  }

  /** Input types would make DL4J refuse images of two sizes, which it combines all the same. */
  private static NetworkCase excitation() {
    return new NetworkCase(
        "squeeze and excitation: one value for each channel",
        () ->
            new ComputationGraph(
                Nets.builder(DataType.FLOAT)
                    .graphBuilder()
                    .addInputs("x")
                    .addLayer("a", from(2, same(4)), "x")
                    .addLayer(
                        "p",
                        new SubsamplingLayer.Builder(
                                PoolingType.AVG, new int[] {Nets.HEIGHT, Nets.WIDTH})
                            .build(),
                        "a")
                    .addLayer("b", from(4, Nets.conv2d(2, 1, Activation.RELU)), "p")
                    .addLayer("c", from(2, Nets.conv2d(4, 1, Activation.SIGMOID)), "b")
                    .addVertex("v", op(ElementWiseVertex.Op.Product), "a", "c")
                    .addVertex("s", op(ElementWiseVertex.Op.Add), "v", "p")
                    .addLayer("mean", Nets.global(PoolingType.AVG), "s")
                    .addLayer("out", from(4, Nets.output()), "mean")
                    .setOutputs("out")
                    .build()),
        () -> NetworkCase.drawn(IMAGE),
        answers -> new INDArray[] {answers[0].dup().assign(1)});
  }

  private static <L extends FeedForwardLayer> L from(int in, L layer) {
    layer.setNIn(in);
    return layer;
  }

  static List<NetworkCase> vertices() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(two("MergeVertex", new MergeVertex()));
    all.add(raw("MergeVertex of inputs", new MergeVertex()));
    for (ElementWiseVertex.Op op : ElementWiseVertex.Op.values()) {
      all.add(two("ElementWiseVertex, " + op, op(op)));
      all.add(raw("ElementWiseVertex of inputs, " + op, op(op)));
    }
    all.add(
        graph(
            "a product of three",
            g -> {
              dense(dense(dense(g, "a", "x"), "b", "x"), "c", "x")
                  .addVertex("v", op(ElementWiseVertex.Op.Product), "a", "b", "c");
              out(g, "v");
            },
            VECTOR));
    for (ElementWiseVertex.Op op : ElementWiseVertex.Op.values()) {
      if (op != ElementWiseVertex.Op.Subtract && op != ElementWiseVertex.Op.Product) {
        all.add(one("ElementWiseVertex of one value, " + op, op(op)));
      }
      all.add(gate(op));
    }
    all.add(excitation());
    all.add(one("ScaleVertex", new ScaleVertex(1.7)));
    all.add(one("ShiftVertex", new ShiftVertex(0.4)));
    all.add(one("SubsetVertex", new SubsetVertex(1, 4)));
    all.add(one("L2NormalizeVertex", new L2NormalizeVertex()));
    all.add(one("L2NormalizeVertex, eps of 0.1", new L2NormalizeVertex(null, 0.1)));
    all.add(
        graph(
            "L2NormalizeVertex of an input, and of a merge",
            g -> {
              dense(g.addVertex("v", new L2NormalizeVertex(), "x"), "a", "v")
                  .addVertex("m", new MergeVertex(), "a", "x")
                  .addVertex("w", new L2NormalizeVertex(), "m");
              out(g, "w");
            },
            VECTOR));
    all.add(
        graph(
                "a graph that ends in an L2NormalizeVertex",
                g ->
                    dense(g, "a", "x").addVertex("v", new L2NormalizeVertex(), "a").setOutputs("v"),
                VECTOR)
            .untrained());
    all.add(steps("L2NormalizeVertex of a sequence", new L2NormalizeVertex()));
    all.add(one("ReshapeVertex", new ReshapeVertex(-1, Nets.FEATURES)));
    all.add(two("L2Vertex", new L2Vertex()));
    all.add(two("StackVertex without its counterpart", new StackVertex()));
    all.add(
        graph(
            "a layer that two share (StackVertex, UnstackVertex)",
            g -> {
              dense(g.addVertex("both", new StackVertex(), "x", "y"), "shared", "both")
                  .addVertex("a", new UnstackVertex(0, 2), "shared")
                  .addVertex("b", new UnstackVertex(1, 2), "shared")
                  .addVertex("m", new MergeVertex(), "a", "b");
              out(g, "m");
            },
            VECTOR,
            VECTOR));
    all.add(
        graph(
            "layers that two share, and a difference",
            g -> {
              dense(dense(g.addVertex("both", new StackVertex(), "x", "y"), "s", "both"), "t", "s")
                  .addVertex("a", new UnstackVertex(0, 2), "t")
                  .addVertex("b", new UnstackVertex(1, 2), "t")
                  .addVertex("d", op(ElementWiseVertex.Op.Subtract), "a", "b");
              out(g, "d");
            },
            VECTOR,
            VECTOR));
    all.add(twins());
    all.add(steps("ReverseTimeSeriesVertex", new ReverseTimeSeriesVertex()));
    all.add(
        graph(
            "LastTimeStepVertex",
            g -> {
              g.addLayer("a", lstm(), "x").addVertex("v", new LastTimeStepVertex("x"), "a");
              out(g, "v");
            },
            SEQUENCE));
    all.add(
        graph(
            "an encoder and a decoder (LastTimeStepVertex, DuplicateToTimeSeriesVertex)",
            g -> {
              g.addLayer("a", lstm(), "x")
                  .addVertex("last", new LastTimeStepVertex("x"), "a")
                  .addVertex("v", new DuplicateToTimeSeriesVertex("y"), "last")
                  .addVertex("m", new MergeVertex(), "y", "v")
                  .addLayer("b", lstm(), "m");
              stepsOut(g, "b");
            },
            SEQUENCE,
            SEQUENCE));
    all.add(
        graph(
            "a vector at each step (DuplicateToTimeSeriesVertex)",
            g -> {
              dense(g, "a", "x")
                  .addVertex("v", new DuplicateToTimeSeriesVertex("y"), "a")
                  .addLayer("b", lstm(), "y")
                  .addVertex("m", new MergeVertex(), "b", "v");
              stepsOut(g, "m");
            },
            VECTOR,
            SEQUENCE));
    all.add(
        graph(
            "two directions by hand (ReverseTimeSeriesVertex)",
            g -> {
              g.addLayer("a", lstm(), "x")
                  .addVertex("r", new ReverseTimeSeriesVertex("x"), "x")
                  .addLayer("b", lstm(), "r")
                  .addVertex("rr", new ReverseTimeSeriesVertex("x"), "b")
                  .addVertex("s", op(ElementWiseVertex.Op.Add), "a", "rr");
              stepsOut(g, "s");
            },
            SEQUENCE));
    all.add(
        graph(
            "PreprocessorVertex",
            g -> {
              g.addLayer("a", same(3), "x")
                  .addVertex(
                      "v",
                      new PreprocessorVertex(
                          new CnnToFeedForwardPreProcessor(Nets.HEIGHT, Nets.WIDTH, 3)),
                      "a");
              out(g, "v");
            },
            IMAGE));
    all.add(
        graph(
            "PoolHelperVertex",
            g -> {
              g.addLayer("a", same(3), "x")
                  .addVertex("v", new PoolHelperVertex(), "a")
                  .addLayer("b", same(3), "v")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "b");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
            "AttentionVertex of DL4J",
            g -> {
              g.addVertex(
                      "v",
                      new AttentionVertex.Builder()
                          .nInKeys(Nets.CHANNELS)
                          .nInQueries(Nets.CHANNELS)
                          .nInValues(Nets.CHANNELS)
                          .nHeads(1)
                          .headSize(4)
                          .nOut(4)
                          .projectInput(true)
                          .build(),
                      "x",
                      "x",
                      "x")
                  .addLayer("b", lstm(), "v");
              stepsOut(g, "b");
            },
            SEQUENCE));
    all.add(
        graph(
            "L2NormalizeVertex of an image",
            g -> {
              g.addLayer("a", same(3), "x")
                  .addVertex("v", new L2NormalizeVertex(), "a")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "v");
              out(g, "mean");
            },
            IMAGE));
    return all;
  }

  /** Two texts by one embedding and one LSTM. */
  private static NetworkCase twins() {
    InputType ids = InputType.recurrent(Nets.VOCABULARY, Nets.STEPS);
    NetworkCase graph =
        graph(
            "two texts by one LSTM (StackVertex, UnstackVertex)",
            g -> {
              g.addVertex("both", new StackVertex(), "x", "y")
                  .addLayer(
                      "e",
                      new EmbeddingSequenceLayer.Builder()
                          .nIn(Nets.VOCABULARY)
                          .nOut(3)
                          .inputLength(Nets.STEPS)
                          .build(),
                      "both")
                  .addLayer("l", lstm(), "e")
                  .addLayer("c", Nets.conv(4, 1, Activation.TANH), "l")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "c")
                  .addVertex("a", new UnstackVertex(0, 2), "mean")
                  .addVertex("b", new UnstackVertex(1, 2), "mean")
                  .addVertex("m", new MergeVertex(), "a", "b");
              out(g, "m");
            },
            ids,
            ids);
    Random random = new Random(3);
    return new NetworkCase(
        graph.name(),
        graph.network(),
        () -> new INDArray[] {drawnIds(random), drawnIds(random)},
        graph.labels());
  }

  private static INDArray drawnIds(Random random) {
    return Nets.ids(random, DataType.FLOAT, NetworkCase.EXAMPLES, Nets.STEPS);
  }

  static List<NetworkCase> forms() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(
        graph(
            "wide and deep",
            g -> {
              dense(dense(g, "a", "x"), "b", "a").addVertex("m", new MergeVertex(), "x", "b");
              out(g, "m");
            },
            VECTOR));
    all.add(
        graph(
            "an input read by several",
            g -> {
              dense(dense(g, "a", "x"), "b", "x").addVertex("m", new MergeVertex(), "a", "b", "x");
              out(g, "m");
            },
            VECTOR));
    all.add(
        graph(
            "several inputs read by one layer",
            g -> out(dense(g, "a", "x", "y"), "a"),
            VECTOR,
            VECTOR));
    all.add(
        graph(
            "a residual block",
            g -> {
              g.addLayer("a", same(4), "x")
                  .addLayer("b", same(4), "a")
                  .addVertex("s", op(ElementWiseVertex.Op.Add), "a", "b")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "s");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
            "sums of sums",
            g -> {
              dense(dense(dense(g, "a", "x"), "b", "a"), "c", "b")
                  .addVertex("s", op(ElementWiseVertex.Op.Add), "a", "b")
                  .addVertex("t", op(ElementWiseVertex.Op.Add), "c", "s")
                  .addVertex("u", op(ElementWiseVertex.Op.Add), "s", "t");
              out(g, "u");
            },
            VECTOR));
    all.add(
        graph(
            "a merge of merges (DenseNet)",
            g -> {
              g.addLayer("a", same(3), "x")
                  .addVertex("m", new MergeVertex(), "x", "a")
                  .addLayer("b", same(3), "m")
                  .addVertex("n", new MergeVertex(), "m", "b")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "n");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
                "a graph that ends in a merge",
                g ->
                    dense(dense(g, "a", "x"), "b", "x")
                        .addVertex("m", new MergeVertex(), "a", "b")
                        .setOutputs("m"),
                VECTOR)
            .untrained());
    all.add(
        graph(
                "a graph that ends in a sum",
                g ->
                    dense(dense(g, "a", "x"), "b", "x")
                        .addVertex("m", op(ElementWiseVertex.Op.Add), "a", "b")
                        .setOutputs("m"),
                VECTOR)
            .untrained());
    all.add(
        graph("a graph that ends in a dense layer", g -> dense(g, "a", "x").setOutputs("a"), VECTOR)
            .untrained());
    all.add(
        graph(
            "a loss behind a sum",
            g ->
                dense(dense(g, "a", "x"), "b", "x")
                    .addVertex("m", op(ElementWiseVertex.Op.Add), "a", "b")
                    .addLayer("out", loss(Activation.IDENTITY), "m")
                    .setOutputs("out"),
            VECTOR));
    all.add(
        graph(
            "a softmax loss behind a sum",
            g ->
                dense(dense(g, "a", "x"), "b", "x")
                    .addVertex("m", op(ElementWiseVertex.Op.Add), "a", "b")
                    .addLayer("out", loss(Activation.SOFTMAX), "m")
                    .setOutputs("out"),
            VECTOR));
    all.add(
        graph(
            "a loss behind a merge",
            g ->
                dense(dense(g, "a", "x"), "b", "x")
                    .addVertex("m", new MergeVertex(), "a", "b")
                    .addLayer("out", loss(Activation.IDENTITY), "m")
                    .setOutputs("out"),
            VECTOR));
    all.add(
        graph(
            "a metric of two (L2NormalizeVertex, LossLayer)",
            g ->
                dense(g, "a", "x")
                    .addVertex("v", new L2NormalizeVertex(), "a")
                    .addLayer(
                        "out",
                        new LossLayer.Builder(LossFunction.MSE)
                            .activation(Activation.IDENTITY)
                            .build(),
                        "v")
                    .setOutputs("out"),
            VECTOR));
    all.add(
        graph(
            "two outputs",
            g -> {
              dense(g, "a", "x")
                  .addLayer("out", Nets.output(), "a")
                  .addLayer("other", Nets.output(), "a")
                  .setOutputs("out", "other");
            },
            VECTOR));
    all.add(
        graph(
            "an output that a layer reads",
            g -> {
              dense(g, "a", "x")
                  .addLayer("logits", Nets.dense(3, Activation.IDENTITY), "a")
                  .addLayer("out", loss(Activation.SOFTMAX), "logits")
                  .addLayer("other", loss(Activation.SIGMOID), "logits")
                  .setOutputs("out", "other");
            },
            VECTOR));
    all.add(
        graph(
            "dropout that two read",
            g -> {
              dense(
                      dense(dense(g, "a", "x").addLayer("d", new DropoutLayer(0.8), "a"), "b", "d"),
                      "c",
                      "d")
                  .addVertex("m", new MergeVertex(), "b", "c");
              out(g, "m");
            },
            VECTOR));
    all.add(
        graph(
            "a UNet in small",
            g -> {
              g.addLayer("a", same(3), "x")
                  .addLayer(
                      "p",
                      new SubsamplingLayer.Builder(2, 2).kernelSize(2, 2).stride(1, 1).build(),
                      "a")
                  .addLayer("b", same(4), "p")
                  .addLayer(
                      "u",
                      new org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer.Builder(0, 1, 0, 1)
                          .build(),
                      "b")
                  .addVertex("m", new MergeVertex(), "a", "u")
                  .addLayer("c", same(3), "m")
                  .addLayer("logits", Nets.conv2d(1, 1, Activation.IDENTITY), "c")
                  .addLayer(
                      "out",
                      new org.deeplearning4j.nn.conf.layers.CnnLossLayer.Builder(LossFunction.XENT)
                          .activation(Activation.SIGMOID)
                          .build(),
                      "logits")
                  .setOutputs("out");
            },
            IMAGE));
    all.add(
        graph(
            "a sequence beside numbers",
            g -> {
              g.addLayer("a", lstm(), "x")
                  .addVertex("last", new LastTimeStepVertex("x"), "a")
                  .addVertex("m", new MergeVertex(), "last", "y");
              out(g, "m");
            },
            SEQUENCE,
            VECTOR));
    all.add(frozen());
    return all;
  }

  private static LossLayer loss(Activation f) {
    LossFunction loss =
        f == Activation.SOFTMAX
            ? LossFunction.MCXENT
            : f == Activation.SIGMOID ? LossFunction.XENT : LossFunction.MSE;
    return new LossLayer.Builder(loss).activation(f).build();
  }

  private static NetworkCase frozen() {
    NetworkCase whole =
        graph(
            "transfer learning: all but the last layers frozen",
            g -> {
              dense(dense(g, "a", "x"), "b", "a")
                  .addVertex("s", op(ElementWiseVertex.Op.Add), "a", "b")
                  .addVertex("m", new MergeVertex(), "s", "x");
              out(dense(g, "c", "m"), "c");
            },
            VECTOR);
    return new NetworkCase(
        whole.name(),
        () -> {
          ComputationGraph network = (ComputationGraph) whole.create();
          return new TransferLearning.GraphBuilder(network)
              .fineTuneConfiguration(
                  new FineTuneConfiguration.Builder().updater(new Sgd(0.01)).build())
              .setFeatureExtractor("m")
              .build();
        },
        whole.features(),
        whole.labels());
  }
}
