package org.qat4j.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.Mode;
import org.qat4j.runtime.Sample;

/** Small networks of every kind that can be prepared, calibrated on random data. */
enum Networks {
  /** Token ids, two widths of convolutions. */
  TEXT_GRAPH {
    @Override
    Model create() {
      ComputationGraphConfiguration conf =
          builder()
              .graphBuilder()
              .addInputs("tokens")
              .addLayer("embedding", embedding(60, 13), "tokens")
              .addLayer("conv3", conv(13, 17, 3, Activation.RELU), "embedding")
              .addLayer("conv4", conv(13, 9, 4, Activation.RELU), "embedding")
              .addLayer("max3", pooling(PoolingType.MAX), "conv3")
              .addLayer("max4", pooling(PoolingType.MAX), "conv4")
              .addVertex("merge", new MergeVertex(), "max3", "max4")
              .addLayer("dropout", new DropoutLayer(0.5), "merge")
              .addLayer("output", output(26, 5), "dropout")
              .setOutputs("output")
              .build();
      return new ComputationGraph(conf);
    }

    @Override
    List<Input> inputs() {
      return List.of(new Input("tokens", Input.Kind.TOKENS, List.of(STEPS), 60));
    }
  },

  /** Two token inputs, one of them a bag. */
  BAG_GRAPH {
    @Override
    Model create() {
      ComputationGraphConfiguration conf =
          builder()
              .graphBuilder()
              .addInputs("characters", "ngrams")
              .addLayer("embedding", embedding(40, 11), "characters")
              .addLayer("conv", conv(11, 12, 3, Activation.TANH), "embedding")
              .addLayer("mean", pooling(PoolingType.AVG), "conv")
              .addLayer("bag", new EmbeddingBagLayer(90, 8, true), "ngrams")
              .addVertex("merge", new MergeVertex(), "mean", "bag")
              .addLayer("output", output(20, 4), "merge")
              .setOutputs("output")
              .build();
      return new ComputationGraph(conf);
    }

    @Override
    List<Input> inputs() {
      return List.of(
          new Input("characters", Input.Kind.TOKENS, List.of(STEPS), 40),
          new Input("ngrams", Input.Kind.TOKENS, List.of(2 * STEPS), 90));
    }
  },

  /** Real features. */
  DENSE_LAYERS {
    @Override
    Model create() {
      return new MultiLayerNetwork(
          builder()
              .list()
              .layer(dense(7, 24, Activation.RELU))
              .layer(dense(24, 15, Activation.TANH))
              .layer(output(15, 3))
              .build());
    }

    @Override
    List<Input> inputs() {
      return List.of(new Input("input", Input.Kind.REAL, List.of(7), 0));
    }
  },

  /** Real sequences. */
  SEQUENCE_LAYERS {
    @Override
    Model create() {
      return new MultiLayerNetwork(
          builder()
              .list()
              .layer(conv(5, 10, 3, Activation.RELU))
              .layer(new Subsampling1DLayer.Builder().kernelSize(2).stride(2).build())
              .layer(conv(10, 14, 2, Activation.SIGMOID))
              .layer(pooling(PoolingType.MAX))
              .layer(output(14, 3))
              .build());
    }

    @Override
    List<Input> inputs() {
      return List.of(new Input("input", Input.Kind.REAL, List.of(STEPS, 5), 0));
    }
  };

  private static final int STEPS = 16;

  abstract Model create();

  abstract List<Input> inputs();

  /** Prepared and calibrated. */
  QatNetwork prepare(QuantSpec spec) {
    Model network = create();
    network.init();
    QatNetwork qat = Qat.prepare(network, spec);
    qat.setMode(Mode.CALIBRATE);
    qat.output(features(samples(64, 1)));
    qat.setMode(Mode.QAT);
    return qat;
  }

  IntegerModel freeze(QatNetwork qat) {
    return qat.freeze(FreezeInfo.named(name()), features(samples(2, 2)));
  }

  List<Sample> samples(int count, long seed) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      int[][] tokens = new int[inputs().size()][];
      float[][] reals = new float[tokens.length][];
      for (int i = 0; i < tokens.length; i++) {
        Input input = inputs().get(i);
        int size = input.shape().stream().reduce(1, (a, b) -> a * b);
        if (input.kind() == Input.Kind.TOKENS) {
          tokens[i] = new int[size];
          int used = 1 + random.nextInt(size);
          for (int t = 0; t < used; t++) {
            tokens[i][t] = random.nextInt(input.vocabularySize());
          }
        } else {
          reals[i] = new float[size];
          for (int j = 0; j < size; j++) {
            reals[i][j] = (float) random.nextGaussian();
          }
        }
      }
      samples.add(Sample.of(tokens, reals));
    }
    return samples;
  }

  /** As the network reads them: [n, steps] of ids, [n, features], [n, channels, steps]. */
  INDArray[] features(List<Sample> samples) {
    INDArray[] features = new INDArray[inputs().size()];
    for (int i = 0; i < features.length; i++) {
      Input input = inputs().get(i);
      INDArray[] rows = new INDArray[samples.size()];
      for (int n = 0; n < rows.length; n++) {
        if (input.kind() == Input.Kind.TOKENS) {
          rows[n] =
              Nd4j.createFromArray(samples.get(n).tokens(i))
                  .castTo(Nd4j.defaultFloatingPointType());
        } else if (input.shape().size() == 1) {
          rows[n] = Nd4j.createFromArray(samples.get(n).reals(i));
        } else {
          rows[n] =
              Nd4j.createFromArray(samples.get(n).reals(i))
                  .reshape(input.shape().get(0), input.shape().get(1))
                  .transpose();
        }
      }
      features[i] = Nd4j.stack(0, rows).dup('c');
    }
    return features;
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(7);
  }

  private static EmbeddingSequenceLayer embedding(int vocabulary, int dimension) {
    return new EmbeddingSequenceLayer.Builder()
        .nIn(vocabulary)
        .nOut(dimension)
        .inputLength(STEPS)
        .build();
  }

  private static Convolution1DLayer conv(int in, int out, int kernel, Activation f) {
    return new Convolution1DLayer.Builder(kernel).nIn(in).nOut(out).activation(f).build();
  }

  private static GlobalPoolingLayer pooling(PoolingType type) {
    return new GlobalPoolingLayer.Builder(type).build();
  }

  private static DenseLayer dense(int in, int out, Activation f) {
    return new DenseLayer.Builder().nIn(in).nOut(out).activation(f).build();
  }

  private static OutputLayer output(int in, int classes) {
    return new OutputLayer.Builder().nIn(in).nOut(classes).activation(Activation.SOFTMAX).build();
  }
}
