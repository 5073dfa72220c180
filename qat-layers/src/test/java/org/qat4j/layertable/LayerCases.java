package org.qat4j.layertable;

import static org.qat4j.layertable.LayerCase.SUBJECT;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.EmbeddingBagLayer;

/** All rows of docs/layers.md. */
final class LayerCases {
  private LayerCases() {}

  static List<LayerCase> all() {
    List<LayerCase> all = new ArrayList<>();
    all.addAll(vectors());
    all.addAll(sequences());
    all.addAll(RecurrentCases.all());
    all.addAll(ImageCases.all());
    all.addAll(tokens());
    all.addAll(vertices());
    all.addAll(LayoutCases.all());
    return all;
  }

  /** A layer between vectors. */
  static LayerCase vector(String layer, String limits, Supplier<Layer> make) {
    return LayerCase.of(layer, limits, type -> Nets.vectors(type, make.get()), Nets::vectors);
  }

  /** A layer between sequences. */
  static LayerCase sequence(String layer, String limits, Supplier<Layer> make) {
    return LayerCase.of(layer, limits, type -> Nets.sequences(type, make.get()), Nets::sequences);
  }

  private static List<LayerCase> vectors() {
    return List.of(
        vector("DenseLayer", "", () -> Nets.dense(8, Activation.RELU)),
        vector("DenseLayer with layer normalization", "", () -> normalized(Activation.RELU)),
        vector(
            "DenseLayer with layer normalization, identity",
            "",
            () -> normalized(Activation.IDENTITY)),
        vector(
            "ElementWiseMultiplicationLayer",
            "",
            () ->
                new ElementWiseMultiplicationLayer.Builder()
                    .nIn(9)
                    .nOut(9)
                    .activation(Activation.TANH)
                    .build()),
        LayerCase.of(
            "OutputLayer",
            "functions other than identity, softmax, sigmoid, tanh, relu and leakyrelu",
            type -> output(type),
            Nets::vectors),
        LayerCase.of(
            "LossLayer", "behind an input of the network", LayerCases::loss, Nets::vectors),
        LayerCase.of("CenterLossOutputLayer", "as OutputLayer", LayerCases::centers, Nets::vectors),
        vector(
            "ActivationLayer",
            "softmax unless a loss follows, PReLU, and RReLU, which is a constant below 0 in DL4J's"
                + " evaluation",
            () -> new ActivationLayer.Builder().activation(Activation.ELU).build()),
        vector("a layer of one's own (OwnLayer)", "weights", HalvedLayer::new),
        vector("DropoutLayer", "", () -> new DropoutLayer.Builder(0.8).build()));
  }

  private static Layer normalized(Activation f) {
    return new DenseLayer.Builder().nOut(8).hasLayerNorm(true).activation(f).build();
  }

  private static Model output(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.dense(9, Activation.TANH))
            .layer(Nets.subject(Nets.output()))
            .setInputType(InputType.feedForward(Nets.FEATURES))
            .build());
  }

  private static Model centers(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.dense(9, Activation.TANH))
            .layer(
                Nets.subject(
                    new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(Nets.CLASSES)
                        .alpha(1) // with which its gradient is that of its loss
                        .gradientCheck(true)
                        .activation(Activation.SOFTMAX)
                        .build()))
            .setInputType(InputType.feedForward(Nets.FEATURES))
            .build());
  }

  private static Model loss(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.dense(9, Activation.TANH))
            .layer(Nets.dense(Nets.CLASSES, Activation.IDENTITY))
            .layer(
                Nets.subject(
                    new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()))
            .setInputType(InputType.feedForward(Nets.FEATURES))
            .build());
  }

  private static List<LayerCase> sequences() {
    return List.of(
        LayerCase.of("RnnOutputLayer", "format NWC", type -> steps(type), LayerCases::tagged),
        sequence("Convolution1DLayer", "format NWC", () -> Nets.conv(7, 3, Activation.RELU)),
        sequence(
            "Subsampling1DLayer, MAX",
            "dilation, mode Causal",
            () -> pooling(SubsamplingLayer.PoolingType.MAX)),
        sequence(
            "Subsampling1DLayer, MAX, Same",
            "dilation, mode Causal",
            () -> same(SubsamplingLayer.PoolingType.MAX)),
        sequence(
            "Subsampling1DLayer, AVG",
            "dilation, mode Causal",
            () -> pooling(SubsamplingLayer.PoolingType.AVG)),
        sequence(
            "Subsampling1DLayer, AVG, Same",
            "dilation, mode Causal",
            () -> same(SubsamplingLayer.PoolingType.AVG)),
        LayerCase.of(
            "GlobalPoolingLayer, MAX", "", type -> global(type, PoolingType.MAX), Nets::sequences),
        LayerCase.of(
            "GlobalPoolingLayer, AVG", "", type -> global(type, PoolingType.AVG), Nets::sequences),
        LayerCase.of(
            "GlobalPoolingLayer, SUM", "", type -> global(type, PoolingType.SUM), Nets::sequences),
        sequence("ZeroPadding1DLayer", "", () -> new ZeroPadding1DLayer.Builder(2, 1).build()),
        sequence("Cropping1D", "", () -> new Cropping1D.Builder(1, 2).build()),
        sequence("Upsampling1D", "", () -> new Upsampling1D.Builder(2).build()));
  }

  private static Model steps(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.conv(6, 3, Activation.TANH))
            .layer(
                Nets.subject(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build()))
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }

  /**
   * Sequences with a class for each step that the convolution leaves; the last steps are masked.
   */
  static MultiDataSet tagged(Random random, int n, DataType type) {
    int steps = Nets.STEPS - 2;
    INDArray labels = Nd4j.zeros(type, n, Nets.CLASSES, steps);
    INDArray mask = Nd4j.zeros(type, n, steps);
    for (int i = 0; i < n; i++) {
      int used = 1 + random.nextInt(steps);
      for (int t = 0; t < steps; t++) {
        labels.putScalar(i, random.nextInt(Nets.CLASSES), t, 1);
        mask.putScalar(i, t, t < used ? 1 : 0);
      }
    }
    INDArray features = Nets.reals(random, type, n, Nets.CHANNELS, Nets.STEPS);
    return new MultiDataSet(
        new INDArray[] {features}, new INDArray[] {labels}, null, new INDArray[] {mask});
  }

  private static Layer pooling(SubsamplingLayer.PoolingType type) {
    return new Subsampling1DLayer.Builder(type).kernelSize(2).stride(2).build();
  }

  private static Layer same(SubsamplingLayer.PoolingType type) {
    return new Subsampling1DLayer.Builder(type)
        .kernelSize(3)
        .stride(2)
        .convolutionMode(ConvolutionMode.Same)
        .build();
  }

  private static Model global(DataType type, PoolingType pooling) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.conv(6, 3, Activation.TANH))
            .layer(Nets.subject(Nets.global(pooling)))
            .layer(Nets.output())
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }

  private static List<LayerCase> tokens() {
    return List.of(
        LayerCase.of(
            "EmbeddingLayer with bias and activation function",
            "",
            type -> beside(type, biased(), null),
            (random, n, type) -> tokensBeside(random, n, type, 1)),
        LayerCase.of(
            "EmbeddingLayer at every step",
            "",
            type -> embeddedSteps(type),
            (random, n, type) ->
                Nets.classes(
                    random,
                    n,
                    type,
                    Nets.ids(random, type, n, Nets.STEPS).reshape('c', n, 1, Nets.STEPS))),
        LayerCase.of(
            "EmbeddingLayer",
            "",
            type ->
                beside(
                    type, new EmbeddingLayer.Builder().nIn(Nets.VOCABULARY).nOut(4).build(), null),
            (random, n, type) -> tokensBeside(random, n, type, 1)),
        LayerCase.of(
            "EmbeddingSequenceLayer",
            "bias, activation function, format NWC",
            type ->
                beside(
                    type,
                    new EmbeddingSequenceLayer.Builder()
                        .nIn(Nets.VOCABULARY)
                        .nOut(4)
                        .inputLength(Nets.STEPS)
                        .build(),
                    Nets.global(PoolingType.MAX)),
            (random, n, type) -> tokensBeside(random, n, type, Nets.STEPS)),
        LayerCase.of(
            "EmbeddingBagLayer (of this library)",
            "",
            type -> beside(type, new EmbeddingBagLayer(Nets.VOCABULARY, 4, true), null),
            (random, n, type) -> tokensBeside(random, n, type, Nets.STEPS)));
  }

  private static Layer biased() {
    return new EmbeddingLayer.Builder()
        .nIn(Nets.VOCABULARY)
        .nOut(4)
        .hasBias(true)
        .biasInit(0.3)
        .activation(Activation.TANH)
        .build();
  }

  private static Model embeddedSteps(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.subject(new EmbeddingLayer.Builder().nIn(Nets.VOCABULARY).nOut(4).build()))
            .layer(new LSTM.Builder().nIn(4).nOut(5).activation(Activation.TANH).build())
            .layer(Nets.global(PoolingType.AVG))
            .layer(
                new OutputLayer.Builder()
                    .nIn(5)
                    .nOut(Nets.CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build())
            .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
            .inputPreProcessor(1, new FeedForwardToRnnPreProcessor())
            .build());
  }

  /** A layer that reads tokens, beside a dense layer that reads features. */
  private static Model beside(DataType type, Layer layer, Layer then) {
    DenseLayer dense = Nets.dense(6, Activation.TANH);
    dense.setNIn(Nets.FEATURES);
    OutputLayer out = Nets.output();
    out.setNIn(10);
    GraphBuilder graph =
        Nets.builder(type)
            .graphBuilder()
            .addInputs("features", "tokens")
            .addLayer("dense", dense, "features")
            .addLayer(SUBJECT, layer, "tokens");
    String made = SUBJECT;
    if (then != null) {
      made = "then";
      graph.addLayer(made, then, SUBJECT);
    }
    graph
        .addVertex("merge", new MergeVertex(), "dense", made)
        .addLayer("out", out, "merge")
        .setOutputs("out");
    return new ComputationGraph(graph.build());
  }

  private static MultiDataSet tokensBeside(Random random, int n, DataType type, int length) {
    INDArray features = Nets.reals(random, type, n, Nets.FEATURES);
    return Nets.classes(random, n, type, features, Nets.ids(random, type, n, length));
  }

  private static List<LayerCase> vertices() {
    List<LayerCase> vertices = new ArrayList<>();
    vertices.add(
        LayerCase.of("MergeVertex", "", type -> joined(type, new MergeVertex()), Nets::vectors));
    vertices.add(LayerCase.of("SubsetVertex", "", LayerCases::subset, Nets::vectors));
    for (ElementWiseVertex.Op op : ElementWiseVertex.Op.values()) {
      if (op != ElementWiseVertex.Op.Add) {
        vertices.add(
            LayerCase.of(
                "ElementWiseVertex, " + op,
                op == ElementWiseVertex.Op.Product ? "more than two values" : "",
                type -> joined(type, new ElementWiseVertex(op)),
                Nets::vectors));
      }
    }
    vertices.add(LayerCase.of("ScaleVertex", "", t -> one(t, new ScaleVertex(1.7)), Nets::vectors));
    vertices.add(LayerCase.of("ShiftVertex", "", t -> one(t, new ShiftVertex(0.4)), Nets::vectors));
    vertices.add(
        LayerCase.of("L2NormalizeVertex", "", t -> one(t, new L2NormalizeVertex()), Nets::vectors));
    return vertices;
  }

  private static Model subset(DataType type) {
    return one(type, new SubsetVertex(2, 6));
  }

  /** A vertex that reads a dense layer. */
  private static Model one(DataType type, GraphVertex vertex) {
    return new ComputationGraph(
        Nets.builder(type)
            .graphBuilder()
            .addInputs("features")
            .addLayer("dense", Nets.dense(9, Activation.TANH), "features")
            .addVertex(SUBJECT, vertex, "dense")
            .addLayer("out", Nets.output(), SUBJECT)
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(Nets.FEATURES))
            .build());
  }

  /** A vertex that joins two dense layers. */
  static Model joined(DataType type, GraphVertex vertex) {
    return new ComputationGraph(
        Nets.builder(type)
            .graphBuilder()
            .addInputs("features")
            .addLayer("left", Nets.dense(6, Activation.TANH), "features")
            .addLayer("right", Nets.dense(6, Activation.RELU), "features")
            .addVertex(SUBJECT, vertex, "left", "right")
            .addLayer("dense", Nets.dense(5, Activation.RELU), SUBJECT)
            .addLayer("out", Nets.output(), "dense")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(Nets.FEATURES))
            .build());
  }
}
