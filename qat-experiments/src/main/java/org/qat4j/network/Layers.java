package org.qat4j.network;

import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.data.Dataset;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.TransformerEncoder;
import org.qat4j.text.TextEncoder;

/**
 * What the networks of the zoo are built of.
 *
 * @param train learning rate and weight decay
 * @param data what the network answers about
 * @param seed of the parameters
 * @param ending the last layer of a network that answers with one vector; its inputs are not set
 */
public record Layers(
    TrainSpec train, Dataset data, long seed, Supplier<OutputLayer.Builder> ending) {
  /** Embeddings start in U(−0.25, 0.25): better on held-out texts than the normal distribution. */
  public static final double EMBEDDING_RANGE = 0.25;

  public NeuralNetConfiguration.Builder configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .updater(new Adam(train.learningRate()))
        .l2(train.l2())
        .weightInit(WeightInit.XAVIER)
        .convolutionMode(ConvolutionMode.Truncate);
  }

  public static ComputationGraph initialized(GraphBuilder graph) {
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  public static Layer embedding(TextEncoder encoder, int dimension) {
    return FastLayers.of(
        new EmbeddingSequenceLayer.Builder()
            .nIn(encoder.vocabularySize())
            .nOut(dimension)
            .inputLength(encoder.length())
            .activation(Activation.IDENTITY)
            .weightInit(new UniformDistribution(-EMBEDDING_RANGE, EMBEDDING_RANGE))
            .build());
  }

  public static Layer bag(TextEncoder encoder, int dimension, boolean mean) {
    EmbeddingBagLayer bag = new EmbeddingBagLayer(encoder.vocabularySize(), dimension, mean);
    bag.setWeightInitFn(
        new WeightInitDistribution(new UniformDistribution(-EMBEDDING_RANGE, EMBEDDING_RANGE)));
    return bag;
  }

  public static Layer convolution(int channels, int filters, int width) {
    return FastLayers.of(
        new Convolution1DLayer.Builder(width)
            .nIn(channels)
            .nOut(filters)
            .activation(Activation.RELU)
            .build());
  }

  /** A convolution that makes as many steps as it reads. */
  public static Layer same(
      int channels, int filters, int width, Activation activation, double dropout) {
    return FastLayers.of(
        new Convolution1DLayer.Builder(width)
            .nIn(channels)
            .nOut(filters)
            .convolutionMode(ConvolutionMode.Same)
            .activation(activation)
            .dropOut(keep(dropout))
            .build());
  }

  /** A product over every {@code stride} steps, from as many of them as {@code width}. */
  public static Layer strided(int channels, int filters, int width, int stride) {
    return FastLayers.of(
        new Convolution1DLayer.Builder(width, stride)
            .nIn(channels)
            .nOut(filters)
            .activation(Activation.IDENTITY)
            .build());
  }

  /**
   * Blocks of a transformer's encoder and the normalization behind them.
   *
   * @return the last vertex
   */
  public static String blocks(GraphBuilder graph, BlockSpec s, String input) {
    TransformerEncoder encoder =
        new TransformerEncoder(s.dimension(), s.heads(), s.feedForward(), Activation.RELU);
    String last = input;
    for (int i = 1; i <= s.count(); i++) {
      last = encoder.addTo(graph, "block" + i, last);
    }
    graph.addLayer("norm", new LayerNormLayer(s.dimension()), last);
    return "norm";
  }

  /** An LSTM in both directions, which are put side by side; padding is left out. */
  public static Layer biLstm(int channels, int units) {
    return new Bidirectional(
        FastLayers.masked(
            new LSTM.Builder().nIn(channels).nOut(units).activation(Activation.TANH).build()));
  }

  public static Layer dense(int in, int out, double dropout) {
    return new DenseLayer.Builder()
        .nIn(in)
        .nOut(out)
        .activation(Activation.RELU)
        .dropOut(keep(dropout))
        .build();
  }

  /** What a network of the task ends in: softmax over the classes for most. */
  public Layer output(int features, double dropout) {
    return ending.get().nIn(features).dropOut(keep(dropout)).build();
  }

  /** Softmax over the tags of each step. */
  public Layer tags(int features, double dropout) {
    return steps(LossFunction.MCXENT.getILossFunction(), features, data.labels().size(), dropout);
  }

  /** Softmax at each step. */
  public static Layer steps(ILossFunction loss, long features, long classes, double dropout) {
    return FastLayers.of(
        new RnnOutputLayer.Builder(loss)
            .dataFormat(RNNFormat.NCW)
            .nIn(features)
            .nOut(classes)
            .activation(Activation.SOFTMAX)
            .dropOut(keep(dropout))
            .build());
  }

  public static Layer named(String name, Layer layer) {
    layer.setLayerName(name);
    return layer;
  }

  /** DL4J's dropout is the probability to keep a value; 0 means that there is none. */
  private static double keep(double dropout) {
    return dropout == 0 ? 0 : 1 - dropout;
  }
}
