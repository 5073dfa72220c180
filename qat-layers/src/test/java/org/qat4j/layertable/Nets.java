package org.qat4j.layertable;

import static org.qat4j.layertable.LayerCase.SUBJECT;

import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Pieces of the small networks around a layer, and random data for them. */
final class Nets {
  static final int FEATURES = 7;
  static final int CHANNELS = 5;
  static final int STEPS = 12;
  static final int HEIGHT = 7;
  static final int WIDTH = 6;
  static final int PLANES = 2;
  static final int CLASSES = 3;
  static final int VOCABULARY = 20;

  private Nets() {}

  static NeuralNetConfiguration.Builder builder(DataType type) {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(type)
        .activation(Activation.IDENTITY)
        .updater(new Adam(0.01));
  }

  static <L extends Layer> L subject(L layer) {
    layer.setLayerName(SUBJECT);
    return layer;
  }

  /** Features, dense, the layer, an output layer. */
  static Model vectors(DataType type, Layer layer) {
    ListBuilder list =
        builder(type).list().layer(dense(9, Activation.TANH)).layer(subject(layer)).layer(output());
    return new MultiLayerNetwork(list.setInputType(InputType.feedForward(FEATURES)).build());
  }

  /** A sequence, convolution, the layer, global average, an output layer. */
  static Model sequences(DataType type, Layer layer) {
    ListBuilder list =
        builder(type)
            .list()
            .layer(conv(6, 3, Activation.TANH))
            .layer(subject(layer))
            .layer(global(PoolingType.AVG))
            .layer(output());
    return new MultiLayerNetwork(list.setInputType(InputType.recurrent(CHANNELS, STEPS)).build());
  }

  /** An image, convolution, the layers, global maximum, an output layer. */
  static Model images(DataType type, Layer... layers) {
    ListBuilder list =
        builder(type).list().layer(conv2d(4, 2, Activation.TANH)).layer(subject(layers[0]));
    for (int i = 1; i < layers.length; i++) {
      list.layer(layers[i]);
    }
    list.layer(global(PoolingType.AVG)).layer(output());
    return new MultiLayerNetwork(
        list.setInputType(InputType.convolutional(HEIGHT, WIDTH, PLANES)).build());
  }

  static ConvolutionLayer conv2d(int out, int kernel, Activation f) {
    return new ConvolutionLayer.Builder(kernel, kernel).nOut(out).activation(f).build();
  }

  static DenseLayer dense(int out, Activation f) {
    return new DenseLayer.Builder().nOut(out).activation(f).build();
  }

  static Convolution1DLayer conv(int out, int kernel, Activation f) {
    return new Convolution1DLayer.Builder(kernel).nOut(out).activation(f).build();
  }

  static GlobalPoolingLayer global(PoolingType type) {
    return new GlobalPoolingLayer.Builder(type).build();
  }

  static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  // Data.

  static MultiDataSet vectors(Random random, int n, DataType type) {
    return classes(random, n, type, reals(random, type, n, FEATURES));
  }

  static MultiDataSet sequences(Random random, int n, DataType type) {
    return classes(random, n, type, reals(random, type, n, CHANNELS, STEPS));
  }

  static MultiDataSet images(Random random, int n, DataType type) {
    return classes(random, n, type, reals(random, type, n, PLANES, HEIGHT, WIDTH));
  }

  /** Examples with a class each. */
  static MultiDataSet classes(Random random, int n, DataType type, INDArray... features) {
    INDArray labels = Nd4j.zeros(type, n, CLASSES);
    for (int i = 0; i < n; i++) {
      labels.putScalar(i, random.nextInt(CLASSES), 1);
    }
    return new MultiDataSet(features, new INDArray[] {labels});
  }

  static INDArray reals(Random random, DataType type, long... shape) {
    INDArray x = Nd4j.create(type, shape);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, random.nextGaussian());
    }
    return x;
  }

  /** Ids of texts of different lengths, the rest padding. */
  static INDArray ids(Random random, DataType type, int n, int length) {
    INDArray ids = Nd4j.zeros(type, n, length);
    for (int i = 0; i < n; i++) {
      int used = 1 + random.nextInt(length);
      for (int t = 0; t < used; t++) {
        ids.putScalar(i, t, 1 + random.nextInt(VOCABULARY - 1));
      }
    }
    return ids;
  }
}
