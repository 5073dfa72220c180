package org.qat4j.layertable;

import static org.qat4j.layertable.NetworkCase.IMAGE;
import static org.qat4j.layertable.NetworkCase.SEQUENCE;
import static org.qat4j.layertable.NetworkCase.VECTOR;
import static org.qat4j.layertable.NetworkCase.graph;
import static org.qat4j.layertable.NetworkCase.stack;
import static org.qat4j.layertable.NetworkCase.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Rows of docs/networks.md: whole networks, small, of the kinds that people build. */
@SuppressWarnings({"deprecation", "rawtypes"}) // GravesLSTM, and builders of DL4J
final class UserNetworks {
  private UserNetworks() {}

  static List<NetworkCase> images() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(
        NetworkCase.images(
            "a LeNet",
            conv(4, 3, Activation.RELU),
            pool(PoolingType.MAX),
            conv(6, 2, Activation.RELU),
            new DenseLayer.Builder().nOut(8).activation(Activation.RELU).dropOut(0.5).build(),
            Nets.output()));
    all.add(
        NetworkCase.images(
            "a Darknet",
            bare(4, 3, 1),
            new BatchNormalization(),
            new ActivationLayer(new ActivationLReLU(0.1)),
            pool(PoolingType.MAX),
            bare(3, 1, 1),
            Nets.global(PoolingType.AVG),
            new ActivationLayer(Activation.SOFTMAX),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build()));
    all.add(
        NetworkCase.images(
            "a MobileNet",
            bare(4, 3, 2),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU6),
            new DepthwiseConvolution2D.Builder(3, 3)
                .depthMultiplier(1)
                .convolutionMode(ConvolutionMode.Same)
                .hasBias(false)
                .build(),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU6),
            bare(6, 1, 1),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU6),
            Nets.global(PoolingType.AVG),
            Nets.output()));
    all.add(
        NetworkCase.images(
            "slopes of their own (PReLU) behind each convolution",
            bare(4, 3, 1),
            new PReLULayer.Builder().inputShape(4, 7, 6).build(),
            pool(PoolingType.MAX),
            bare(3, 3, 1),
            new BatchNormalization(),
            new PReLULayer.Builder().inputShape(3, 3, 3).build(),
            Nets.dense(5, Activation.IDENTITY),
            new PReLULayer.Builder().inputShape(5).build(),
            Nets.output()));
    all.add(
        graph(
            "an Inception ResNet block, scaled",
            g -> {
              g.addLayer("stem", conv(4, 3, Activation.RELU), "x")
                  .addLayer("a", same(2, 1), "stem")
                  .addLayer("b1", same(2, 1), "stem")
                  .addLayer("b2", same(2, 3), "b1")
                  .addVertex("m", new MergeVertex(), "a", "b2")
                  .addLayer("up", bare(4, 1, 1), "m")
                  .addVertex("scaled", new ScaleVertex(0.17), "up")
                  .addVertex(
                      "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "stem", "scaled")
                  .addLayer("relu", new ActivationLayer(Activation.RELU), "sum")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "relu");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
            "an Xception block",
            g -> {
              g.addLayer("stem", bare(4, 3, 1), "x")
                  .addLayer("n", new BatchNormalization(), "stem")
                  .addLayer("r", new ActivationLayer(Activation.RELU), "n")
                  .addLayer("s1", separable(5), "r")
                  .addLayer("n1", new BatchNormalization(), "s1")
                  .addLayer("r1", new ActivationLayer(Activation.RELU), "n1")
                  .addLayer("s2", separable(5), "r1")
                  .addLayer("n2", new BatchNormalization(), "s2")
                  .addLayer(
                      "p",
                      new SubsamplingLayer.Builder(PoolingType.MAX, new int[] {3, 3})
                          .stride(2, 2)
                          .convolutionMode(ConvolutionMode.Same)
                          .build(),
                      "n2")
                  .addLayer("skip", bare(5, 1, 2), "r")
                  .addLayer("ns", new BatchNormalization(), "skip")
                  .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "p", "ns")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "sum");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
            "a residual network with normalization in front",
            g -> {
              g.addLayer("stem", bare(4, 3, 1), "x")
                  .addLayer("n1", new BatchNormalization(), "stem")
                  .addLayer("r1", new ActivationLayer(Activation.RELU), "n1")
                  .addLayer("c1", bare(4, 3, 1), "r1")
                  .addLayer("n2", new BatchNormalization(), "c1")
                  .addLayer("r2", new ActivationLayer(Activation.RELU), "n2")
                  .addLayer("c2", bare(4, 3, 1), "r2")
                  .addVertex("s", new ElementWiseVertex(ElementWiseVertex.Op.Add), "stem", "c2")
                  .addLayer("n3", new BatchNormalization(), "s")
                  .addLayer("r3", new ActivationLayer(Activation.RELU), "n3")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "r3");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
            "faces: a vector of length 1 (L2NormalizeVertex), center loss",
            g ->
                g.addLayer("c", conv(4, 3, Activation.RELU), "x")
                    .addLayer("mean", Nets.global(PoolingType.AVG), "c")
                    .addLayer("bottleneck", Nets.dense(6, Activation.IDENTITY), "mean")
                    .addVertex(
                        "embedding", new L2NormalizeVertex(new int[] {1}, 1e-6), "bottleneck")
                    .addLayer(
                        "out",
                        new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                            .nOut(3)
                            .activation(Activation.SOFTMAX)
                            .build(),
                        "embedding")
                    .setOutputs("out"),
            IMAGE));
    all.add(
        graph(
            "an image beside numbers",
            g -> {
              g.addLayer("c", conv(3, 3, Activation.RELU), "x")
                  .addLayer("p", pool(PoolingType.MAX), "c")
                  .addLayer("d", Nets.dense(5, Activation.RELU), "p")
                  .addLayer("n", Nets.dense(4, Activation.RELU), "y")
                  .addVertex("m", new MergeVertex(), "d", "n");
              out(g, "m");
            },
            IMAGE,
            VECTOR));
    all.add(everything());
    all.add(
        graph(
            "dense blocks with dropout",
            g -> {
              g.addLayer("a", same(3, 3), "x")
                  .addLayer("n", new BatchNormalization(), "a")
                  .addLayer("r", new ActivationLayer(Activation.RELU), "n")
                  .addLayer("b", bare(2, 3, 1), "r")
                  .addLayer("drop", new DropoutLayer(0.8), "b")
                  .addVertex("m", new MergeVertex(), "a", "drop")
                  .addLayer("p", pool(PoolingType.AVG), "m")
                  .addLayer("mean", Nets.global(PoolingType.AVG), "p");
              out(g, "mean");
            },
            IMAGE));
    all.add(
        graph(
            "sentences as images: windows of three widths",
            g -> {
              for (int width = 2; width <= 4; width++) {
                g.addLayer(
                    "c" + width,
                    new ConvolutionLayer.Builder(width, 4)
                        .stride(1, 4)
                        .convolutionMode(ConvolutionMode.Same)
                        .nOut(3)
                        .activation(Activation.LEAKYRELU)
                        .build(),
                    "x");
              }
              g.addVertex("m", new MergeVertex(), "c2", "c3", "c4")
                  .addLayer(
                      "max",
                      new org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer.Builder()
                          .poolingType(PoolingType.MAX)
                          .dropOut(0.5)
                          .build(),
                      "m");
              out(g, "max");
            },
            InputType.convolutional(8, 4, 1)));
    all.add(transferred());
    return all;
  }

  static List<NetworkCase> sequences() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(
        NetworkCase.sequences(
            "characters: two GravesLSTM",
            new GravesLSTM.Builder().nOut(5).activation(Activation.TANH).build(),
            new GravesLSTM.Builder().nOut(5).activation(Activation.TANH).build(),
            stepsOut(LossFunction.MCXENT, Activation.SOFTMAX)));
    all.add(
        NetworkCase.sequences(
            "the next value of a series",
            lstm(6),
            lstm(4),
            stepsOut(LossFunction.MSE, Activation.IDENTITY)));
    all.add(
        NetworkCase.sequences(
            "an autoencoder of sequences",
            new LastTimeStep(lstm(4)),
            new RepeatVector.Builder(Nets.STEPS).build(),
            lstm(5),
            stepsOut(LossFunction.MSE, Activation.IDENTITY)));
    all.add(
        NetworkCase.sequences(
            "convolution over time in front of an LSTM",
            new Convolution1DLayer.Builder(3)
                .nOut(5)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.RELU)
                .dropOut(new SpatialDropout(0.8))
                .build(),
            new Subsampling1DLayer.Builder(2, 2)
                .poolingType(SubsamplingLayer.PoolingType.MAX)
                .build(),
            new LastTimeStep(lstm(4)),
            Nets.output()));
    all.add(
        NetworkCase.sequences(
            "an LSTM, dense layers at each step",
            lstm(5),
            Nets.dense(6, Activation.RELU),
            new DropoutLayer(0.8),
            stepsOut(LossFunction.XENT, Activation.SIGMOID)));
    all.add(
        new NetworkCase(
            "characters, trained on parts of texts (truncated BPTT)",
            () ->
                new MultiLayerNetwork(
                    Nets.builder(DataType.FLOAT)
                        .list()
                        .layer(lstm(5))
                        .layer(stepsOut(LossFunction.MCXENT, Activation.SOFTMAX))
                        .backpropType(BackpropType.TruncatedBPTT)
                        .tBPTTLength(4)
                        .setInputType(SEQUENCE)
                        .build()),
            () -> NetworkCase.drawn(SEQUENCE),
            answers -> new INDArray[] {answers[0].dup().assign(1)}));
    all.add(
        graph(
            "LSTMs that are added to what they read",
            g -> {
              ElementWiseVertex.Op add = ElementWiseVertex.Op.Add;
              g.addLayer("a", lstm(Nets.CHANNELS), "x")
                  .addVertex("s", new ElementWiseVertex(add), "a", "x")
                  .addLayer("b", lstm(Nets.CHANNELS), "s")
                  .addVertex("t", new ElementWiseVertex(add), "s", "b")
                  .addLayer("out", stepsOut(LossFunction.MCXENT, Activation.SOFTMAX), "t")
                  .setOutputs("out");
            },
            SEQUENCE));
    all.add(
        graph(
            "a temporal convolution network, gated",
            g -> {
              String last = "in";
              g.addLayer("in", causal(4, 1, Activation.IDENTITY), "x");
              for (int dilation : new int[] {1, 2}) {
                String i = String.valueOf(dilation);
                g.addLayer("f" + i, causal(4, dilation, Activation.TANH), last)
                    .addLayer("g" + i, causal(4, dilation, Activation.SIGMOID), last)
                    .addVertex(
                        "p" + i,
                        new ElementWiseVertex(ElementWiseVertex.Op.Product),
                        "f" + i,
                        "g" + i)
                    .addLayer("o" + i, causal(4, 1, Activation.IDENTITY), "p" + i)
                    .addVertex(
                        "s" + i, new ElementWiseVertex(ElementWiseVertex.Op.Add), last, "o" + i);
                last = "s" + i;
              }
              g.addLayer("out", stepsOut(LossFunction.MSE, Activation.IDENTITY), last)
                  .setOutputs("out");
            },
            SEQUENCE));
    all.add(
        stack(
                "tags of words, in both directions",
                InputType.recurrent(Nets.VOCABULARY, Nets.STEPS),
                embedding(),
                new Bidirectional(lstm(4)),
                stepsOut(LossFunction.MCXENT, Activation.SOFTMAX))
            .reading(UserNetworks::ids));
    all.add(
        stack(
                "texts: both directions, pooled",
                InputType.recurrent(Nets.VOCABULARY, Nets.STEPS),
                embedding(),
                new DropoutLayer(0.8),
                new Bidirectional(lstm(4)),
                Nets.global(PoolingType.MAX),
                Nets.dense(5, Activation.RELU),
                Nets.output())
            .reading(UserNetworks::ids));
    all.add(
        graph(
            "two directions by hand, last steps side by side",
            g -> {
              g.addLayer("f", lstm(4), "x")
                  .addVertex("lf", new LastTimeStepVertex("x"), "f")
                  .addVertex("r", new ReverseTimeSeriesVertex("x"), "x")
                  .addLayer("b", lstm(4), "r")
                  .addVertex("lb", new LastTimeStepVertex("x"), "b")
                  .addVertex("m", new MergeVertex(), "lf", "lb");
              out(g, "m");
            },
            SEQUENCE));
    return all;
  }

  static List<NetworkCase> tables() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(
        vectors(
            "an autoencoder for anomalies",
            Nets.dense(6, Activation.RELU),
            Nets.dense(2, Activation.RELU),
            Nets.dense(6, Activation.RELU),
            new OutputLayer.Builder(LossFunction.MSE)
                .nOut(Nets.FEATURES)
                .activation(Activation.IDENTITY)
                .build()));
    all.add(
        vectors(
            "classes with weights",
            Nets.dense(8, Activation.RELU),
            new OutputLayer.Builder(new LossMCXENT(Nd4j.create(new float[] {1, 2, 0.5f})))
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build()));
    all.add(
        vectors(
            "generator and discriminator in one",
            new DenseLayer.Builder().nOut(6).activation(new ActivationLReLU(0.2)).build(),
            new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build(),
            new FrozenLayerWithBackprop(
                new DenseLayer.Builder().nOut(6).activation(new ActivationLReLU(0.2)).build()),
            new FrozenLayerWithBackprop(
                new OutputLayer.Builder(LossFunction.XENT)
                    .nOut(1)
                    .activation(Activation.SIGMOID)
                    .build())));
    all.add(
        graph(
            "actor and critic",
            g ->
                g.addLayer("a", Nets.dense(8, Activation.RELU), "x")
                    .addLayer("b", Nets.dense(6, Activation.RELU), "a")
                    .addLayer(
                        "value",
                        new OutputLayer.Builder(LossFunction.MSE)
                            .nOut(1)
                            .activation(Activation.IDENTITY)
                            .build(),
                        "b")
                    .addLayer("policy", Nets.output(), "b")
                    .setOutputs("value", "policy"),
            VECTOR));
    all.add(categories());
    all.add(
        graph(
            "groups of features by themselves",
            g -> {
              g.addVertex("s1", new SubsetVertex(0, 2), "x")
                  .addVertex("s2", new SubsetVertex(3, 6), "x")
                  .addLayer("a", Nets.dense(4, Activation.TANH), "s1")
                  .addLayer("b", Nets.dense(4, Activation.TANH), "s2")
                  .addVertex("m", new MergeVertex(), "a", "b", "x");
              out(g, "m");
            },
            VECTOR));
    all.add(
        graph(
            "twins: the cosine of two vectors",
            g ->
                g.addVertex("both", new StackVertex(), "x", "y")
                    .addLayer("d", Nets.dense(6, Activation.TANH), "both")
                    .addVertex("unit", new L2NormalizeVertex(), "d")
                    .addVertex("a", new UnstackVertex(0, 2), "unit")
                    .addVertex("b", new UnstackVertex(1, 2), "unit")
                    .addVertex(
                        "product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b")
                    .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.XENT)
                            .nOut(1)
                            .activation(Activation.SIGMOID)
                            .build(),
                        "product")
                    .setOutputs("out"),
            VECTOR,
            VECTOR));
    all.add(
        graph(
            "highway: what goes on and what stays",
            g -> {
              g.addLayer("in", Nets.dense(5, Activation.TANH), "x")
                  .addLayer("h", Nets.dense(5, Activation.RELU), "in")
                  .addLayer("t", Nets.dense(5, Activation.SIGMOID), "in")
                  .addVertex("minus", new ScaleVertex(-1), "t")
                  .addVertex("carry", new org.deeplearning4j.nn.conf.graph.ShiftVertex(1), "minus")
                  .addVertex("a", new ElementWiseVertex(ElementWiseVertex.Op.Product), "h", "t")
                  .addVertex(
                      "b", new ElementWiseVertex(ElementWiseVertex.Op.Product), "in", "carry")
                  .addVertex("s", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b");
              out(g, "s");
            },
            VECTOR));
    return all;
  }

  private static NetworkCase everything() {
    NetworkCase graph =
        graph(
            "an image, a text and numbers",
            g -> {
              g.addLayer("c", conv(3, 3, Activation.RELU), "x")
                  .addLayer("p", Nets.global(PoolingType.MAX), "c")
                  .addLayer("e", embedding(), "y")
                  .addLayer("k", Nets.conv(4, 3, Activation.RELU), "e")
                  .addLayer("q", Nets.global(PoolingType.MAX), "k")
                  .addVertex("m", new MergeVertex(), "p", "q", "z")
                  .addLayer("d", Nets.dense(5, Activation.SWISH), "m");
              out(g, "d");
            },
            IMAGE,
            InputType.recurrent(Nets.VOCABULARY, Nets.STEPS),
            VECTOR);
    return new NetworkCase(
        graph.name(),
        graph.network(),
        () -> new INDArray[] {NetworkCase.drawn(IMAGE)[0], ids(), NetworkCase.drawn(VECTOR)[0]},
        graph.labels());
  }

  /** Two categories and numbers. */
  private static NetworkCase categories() {
    InputType ids = InputType.feedForward(Nets.VOCABULARY);
    NetworkCase graph =
        graph(
            "categories beside numbers",
            g -> {
              g.addLayer(
                      "a", new EmbeddingLayer.Builder().nIn(Nets.VOCABULARY).nOut(3).build(), "x")
                  .addLayer(
                      "b", new EmbeddingLayer.Builder().nIn(Nets.VOCABULARY).nOut(2).build(), "y")
                  .addLayer("n", new BatchNormalization(), "z")
                  .addVertex("m", new MergeVertex(), "a", "b", "n")
                  .addLayer("d", Nets.dense(6, Activation.RELU), "m");
              out(g, "d");
            },
            ids,
            ids,
            VECTOR);
    Random random = new Random(9);
    return new NetworkCase(
        graph.name(),
        graph.network(),
        () ->
            new INDArray[] {
              Nets.ids(random, DataType.FLOAT, NetworkCase.EXAMPLES, 1),
              Nets.ids(random, DataType.FLOAT, NetworkCase.EXAMPLES, 1),
              NetworkCase.drawn(VECTOR)[0]
            },
        graph.labels());
  }

  private static NetworkCase transferred() {
    NetworkCase whole =
        NetworkCase.images(
            "transfer learning: features frozen, other answers",
            conv(4, 3, Activation.RELU),
            pool(PoolingType.MAX),
            Nets.dense(8, Activation.RELU),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(7)
                .activation(Activation.SOFTMAX)
                .build());
    return new NetworkCase(
        whole.name(),
        () ->
            new TransferLearning.Builder((MultiLayerNetwork) whole.create())
                .fineTuneConfiguration(
                    new FineTuneConfiguration.Builder().updater(new Sgd(0.01)).build())
                .setFeatureExtractor(1)
                .removeOutputLayer()
                .addLayer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(8)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build(),
        whole.features(),
        whole.labels());
  }

  private static void out(GraphBuilder g, String from) {
    g.addLayer("out", Nets.output(), from).setOutputs("out");
  }

  private static INDArray ids() {
    return Nets.ids(new Random(8), DataType.FLOAT, NetworkCase.EXAMPLES, Nets.STEPS);
  }

  private static EmbeddingSequenceLayer embedding() {
    return new EmbeddingSequenceLayer.Builder()
        .nIn(Nets.VOCABULARY)
        .nOut(4)
        .inputLength(Nets.STEPS)
        .build();
  }

  private static LSTM lstm(int units) {
    return new LSTM.Builder().nOut(units).activation(Activation.TANH).build();
  }

  private static RnnOutputLayer stepsOut(LossFunction loss, Activation f) {
    return new RnnOutputLayer.Builder(loss).nOut(3).activation(f).build();
  }

  private static Convolution1DLayer causal(int channels, int dilation, Activation f) {
    return new Convolution1DLayer.Builder(2)
        .nOut(channels)
        .dilation(dilation)
        .convolutionMode(ConvolutionMode.Causal)
        .activation(f)
        .build();
  }

  private static ConvolutionLayer conv(int channels, int kernel, Activation f) {
    return new ConvolutionLayer.Builder(kernel, kernel).nOut(channels).activation(f).build();
  }

  /** Without bias and function, of size Same. */
  private static ConvolutionLayer bare(int channels, int kernel, int stride) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .nOut(channels)
        .hasBias(false)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static ConvolutionLayer same(int channels, int kernel) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .nOut(channels)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.RELU)
        .build();
  }

  private static SeparableConvolution2D separable(int channels) {
    return new SeparableConvolution2D.Builder(3, 3)
        .nOut(channels)
        .hasBias(false)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static SubsamplingLayer pool(PoolingType type) {
    return new SubsamplingLayer.Builder(type, new int[] {2, 2}).stride(2, 2).build();
  }
}
