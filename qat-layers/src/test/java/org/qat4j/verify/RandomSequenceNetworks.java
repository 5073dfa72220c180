package org.qat4j.verify;

import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;

/** Networks over sequences drawn from a seed, and data for them; the same seed gives the same. */
final class RandomSequenceNetworks {
  private static final int VOCABULARY = 20;
  private static final int CLASSES = 3;

  private final Random random;
  private final boolean tokens;
  private final boolean masked;
  private final boolean graph;
  private final int steps;
  private final int read;
  private int channels;

  RandomSequenceNetworks(long seed) {
    // Neighbouring seeds of Random begin alike.
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    tokens = random.nextInt(3) > 0;
    masked = random.nextBoolean();
    graph = random.nextBoolean();
    steps = 2 + random.nextInt(8);
    read = 1 + random.nextInt(8);
  }

  boolean masked() {
    return masked;
  }

  /** Initialized. */
  Model network(long seed) {
    channels = read;
    ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .activation(Activation.IDENTITY)
            .updater(new Adam(0.02))
            .list();
    if (tokens) {
      list.layer(
          new EmbeddingSequenceLayer.Builder()
              .nIn(VOCABULARY)
              .nOut(read)
              .inputLength(steps)
              .build());
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      sequence().forEach(list::layer);
    }
    list.layer(end());
    list.layer(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nIn(channels)
            .nOut(CLASSES)
            .activation(Activation.SOFTMAX)
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return graph ? network.toComputationGraph() : network;
  }

  private List<Layer> sequence() {
    return switch (random.nextInt(5)) {
      case 0 -> List.of(new LayerNormLayer(channels));
      case 1 -> attention();
      case 2 -> List.of(convolution(1 + random.nextInt(8), 1 + random.nextInt(3)));
      default -> List.of(recurrent(channels));
    };
  }

  private List<Layer> attention() {
    int heads = 1 + random.nextInt(2);
    int depth = 1 + random.nextInt(4);
    Layer parts = convolution(3 * heads * depth, 1);
    channels = heads * depth;
    return List.of(
        parts,
        random.nextBoolean()
            ? new MultiHeadAttentionLayer(heads)
            : new MultiHeadAttentionLayer(heads, random.nextInt(4)));
  }

  private Layer convolution(int out, int width) {
    Layer layer =
        new Convolution1DLayer.Builder(width)
            .nIn(channels)
            .nOut(out)
            .convolutionMode(ConvolutionMode.Same)
            .activation(random.nextBoolean() ? Activation.RELU : Activation.TANH)
            .build();
    channels = out;
    return layer;
  }

  private Layer recurrent(int in) {
    int units = 1 + random.nextInt(8);
    channels = units;
    Layer layer =
        random.nextBoolean()
            ? new LSTM.Builder().nIn(in).nOut(units).activation(Activation.TANH).build()
            : new SimpleRnn.Builder().nIn(in).nOut(units).activation(Activation.TANH).build();
    if (random.nextInt(3) == 0) {
      channels = 2 * units;
      return new Bidirectional(layer);
    }
    return !masked && random.nextInt(4) == 0 ? new MaskZeroLayer(layer, 0) : layer;
  }

  private Layer end() {
    return switch (random.nextInt(4)) {
      case 2 -> new GlobalPoolingLayer(PoolingType.SUM);
      case 0 -> new GlobalPoolingLayer(PoolingType.MAX);
      case 1 -> new GlobalPoolingLayer(PoolingType.AVG);
      default -> {
        Layer last = recurrent(channels);
        // DL4J refuses to take the last step where all are 0.
        yield new LastTimeStep(last instanceof MaskZeroLayer zero ? zero.getUnderlying() : last);
      }
    };
  }

  /** Examples with masks where the network is run with them. */
  DataSet data(int n) {
    INDArray x = tokens ? Nd4j.zeros(n, steps) : Nd4j.zeros(n, read, steps);
    INDArray mask = Nd4j.zeros(n, steps);
    INDArray labels = Nd4j.zeros(n, CLASSES);
    for (int i = 0; i < n; i++) {
      int used = 1 + random.nextInt(steps);
      for (int t = 0; t < steps; t++) {
        boolean counts = t < used;
        mask.putScalar(i, t, counts ? 1 : 0);
        if (tokens) {
          x.putScalar(i, t, counts ? 1 + random.nextInt(VOCABULARY - 1) : 0);
        }
        for (int c = 0; !tokens && counts && c < read; c++) {
          x.putScalar(i, c, t, random.nextGaussian());
        }
      }
      labels.putScalar(i, random.nextInt(CLASSES), 1);
    }
    return new DataSet(x, labels, masked ? mask : null, null);
  }
}
