package org.qat4j.layertable;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.qat4j.layers.LayerNormLayer;

/** A stack of layers drawn from a seed. The same seed gives the same network. */
final class RandomNetwork {
  static final Activation[] FUNCTIONS = {
    Activation.RELU,
    Activation.IDENTITY,
    Activation.TANH,
    Activation.RELU6,
    Activation.SIGMOID,
    Activation.LEAKYRELU,
    Activation.GELU,
    Activation.MISH,
    Activation.SWISH,
    Activation.SOFTPLUS
  };

  private final Random random;
  private final int kind;
  private final List<Layer> layers = new ArrayList<>();

  RandomNetwork(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    kind = random.nextInt(3);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      if (kind == 0) {
        image();
      } else if (kind == 1) {
        sequence();
      } else {
        vector();
      }
    }
    if (kind == 0 && random.nextInt(4) == 0) {
      layers.add(Nets.dense(1 + size(), function()));
    } else if (kind < 2) {
      PoolingType[] types = {PoolingType.MAX, PoolingType.AVG, PoolingType.SUM};
      layers.add(Nets.global(types[random.nextInt(types.length)]));
    }
    layers.add(Nets.output());
  }

  String kind() {
    return List.of("images", "sequences", "vectors").get(kind);
  }

  LayerCase.Batches data() {
    return List.<LayerCase.Batches>of(Nets::images, Nets::sequences, Nets::vectors).get(kind);
  }

  Model create() {
    ListBuilder list = Nets.builder(DataType.FLOAT).list();
    layers.forEach(list::layer);
    InputType type =
        kind == 0
            ? InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES)
            : kind == 1
                ? InputType.recurrent(Nets.CHANNELS, Nets.STEPS)
                : InputType.feedForward(Nets.FEATURES);
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    return network;
  }

  private Activation function() {
    return FUNCTIONS[random.nextInt(FUNCTIONS.length)];
  }

  private int size() {
    return 1 + random.nextInt(7);
  }

  /** Every layer leaves an image of at least the size that it was given, or is small. */
  private void image() {
    ConvolutionMode mode = ConvolutionMode.Same;
    int kernel = 1 + random.nextInt(3);
    Layer conv =
        new ConvolutionLayer.Builder(kernel, 1 + random.nextInt(3))
            .nOut(size())
            .stride(1 + random.nextInt(2), 1)
            .convolutionMode(mode)
            .activation(function())
            .build();
    Layer layer =
        switch (random.nextInt(10)) {
          case 9 ->
              new SeparableConvolution2D.Builder(2, kernel)
                  .depthMultiplier(1 + random.nextInt(2))
                  .nOut(size())
                  .convolutionMode(mode)
                  .activation(function())
                  .build();
          case 0 ->
              new DepthwiseConvolution2D.Builder(kernel, 2)
                  .depthMultiplier(1 + random.nextInt(2))
                  .convolutionMode(mode)
                  .activation(function())
                  .build();
          case 1 ->
              new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                  .kernelSize(2, 3)
                  .stride(1, 1)
                  .convolutionMode(mode)
                  .build();
          case 2 ->
              new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                  .kernelSize(1, 2)
                  .stride(1, 1)
                  .convolutionMode(ConvolutionMode.Truncate)
                  .build();
          case 3 -> new ZeroPaddingLayer.Builder(1, 2, 0, 1).build();
          case 4 -> new Upsampling2D.Builder(2).build();
          case 5 -> new BatchNormalization.Builder().build();
          case 6 -> new ActivationLayer.Builder().activation(function()).build();
          default -> conv;
        };
    if (layers.isEmpty() && !(layer instanceof ConvolutionLayer)) {
      layers.add(conv);
    }
    layers.add(layer);
    if (layer instanceof Upsampling2D) {
      layers.add(new Cropping2D.Builder(1, 0, 1, 0).build());
    }
  }

  private void sequence() {
    Layer conv =
        new Convolution1DLayer.Builder(1 + random.nextInt(3))
            .nOut(size())
            .convolutionMode(random.nextBoolean() ? ConvolutionMode.Same : ConvolutionMode.Causal)
            .activation(function())
            .build();
    Layer layer =
        switch (random.nextInt(10)) {
          case 8 -> Nets.dense(1 + size(), function()); // of each step
          case 9 -> new LSTM.Builder().nOut(size()).activation(Activation.TANH).build();
          case 0 -> pooling(SubsamplingLayer.PoolingType.MAX);
          case 1 -> pooling(SubsamplingLayer.PoolingType.AVG);
          case 2 -> new ZeroPadding1DLayer.Builder(2, 1).build();
          case 3 -> new Upsampling1D.Builder(2).build();
          case 4 -> new ActivationLayer.Builder().activation(function()).build();
          default -> conv;
        };
    if (layers.isEmpty() && !(layer instanceof Convolution1DLayer)) {
      layers.add(conv);
    }
    if (layer instanceof DenseLayer) {
      // Right behind a convolution DL4J takes the number of steps for that of the channels.
      layers.add(new ActivationLayer.Builder().activation(function()).build());
    }
    layers.add(layer);
    if (layer instanceof DenseLayer) { // what reads it puts its steps together again
      layers.add(Nets.conv(size(), 1, function()));
    }
    if (layer instanceof Upsampling1D) {
      layers.add(new Cropping1D.Builder(1, 2).build());
    }
  }

  private static Layer pooling(SubsamplingLayer.PoolingType type) {
    return new Subsampling1DLayer.Builder(type).kernelSize(2).stride(1).build();
  }

  private void vector() {
    Layer dense = Nets.dense(1 + size(), function());
    Layer layer =
        switch (random.nextInt(7)) {
          case 6 -> new LayerNormLayer();
          case 0 -> new BatchNormalization.Builder().build();
          case 1 -> new ActivationLayer.Builder().activation(function()).build();
          case 2 -> new DropoutLayer.Builder(0.8).build();
          default -> dense;
        };
    if (layers.isEmpty() && !(layer instanceof DenseLayer)) {
      layers.add(dense);
    }
    layers.add(layer);
  }
}
