package org.qat4j.qat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FlattenPreProcessor;

/** Small networks that hold every layer which can be quantized, with random data. */
public enum Example {
  /** A MultiLayerNetwork of tokens. */
  TOKENS {
    @Override
    Model create(DataType type) {
      return new MultiLayerNetwork(
          builder(type)
              .list()
              .layer(embedding("embedding"))
              .layer(conv("conv1", DIM, 6, 3, 1, ConvolutionMode.Same, 1, Activation.RELU))
              .layer(maxPool("max"))
              .layer(conv("conv2", 6, 5, 2, 1, ConvolutionMode.Causal, 2, Activation.TANH))
              .layer(averagePool("average"))
              .layer(global("global", PoolingType.AVG))
              .layer(dense("dense", 5, 7, Activation.RELU6))
              .layer(output("out", 7))
              .build());
    }

    @Override
    public INDArray[] features(Random random, int n, DataType type) {
      return new INDArray[] {ids(random, n, STEPS, type)};
    }
  },

  /** A MultiLayerNetwork of real sequences, flattened as in the article. */
  SEQUENCES {
    @Override
    Model create(DataType type) {
      return new MultiLayerNetwork(
          builder(type)
              .list()
              .layer(conv("conv", 3, 6, 3, 1, ConvolutionMode.Truncate, 1, Activation.RELU))
              .layer(maxPool("max"))
              .layer(dense("dense", 6 * ((STEPS - 2) / 2), 9, Activation.SIGMOID))
              .inputPreProcessor(2, new FlattenPreProcessor(6, (STEPS - 2) / 2))
              .layer(dense("linear", 9, 8, Activation.IDENTITY))
              .layer(new DropoutLayer.Builder(0.8).name("dropout").build())
              .layer(new ActivationLayer.Builder().name("elu").activation(Activation.ELU).build())
              .layer(output("out", 8))
              .build());
    }

    @Override
    public INDArray[] features(Random random, int n, DataType type) {
      return new INDArray[] {reals(random, type, n, 3, STEPS)};
    }
  },

  /** A MultiLayerNetwork of both recurrent layers and all that is wrapped around them. */
  RECURRENT {
    @Override
    Model create(DataType type) {
      return new MultiLayerNetwork(
          builder(type)
              .list()
              .layer(embedding("embedding"))
              .layer(
                  named(
                      "both",
                      new Bidirectional(
                          new LSTM.Builder().nIn(DIM).nOut(5).activation(Activation.TANH).build())))
              .layer(
                  named(
                      "simple",
                      new MaskZeroLayer(
                          new SimpleRnn.Builder()
                              .nIn(10)
                              .nOut(6)
                              .activation(Activation.TANH)
                              .build(),
                          0)))
              .layer(
                  named(
                      "last",
                      new LastTimeStep(
                          new LSTM.Builder()
                              .nIn(6)
                              .nOut(7)
                              .activation(Activation.TANH)
                              .gateActivationFunction(Activation.HARDSIGMOID)
                              .build())))
              .layer(output("out", 7))
              .build());
    }

    @Override
    public INDArray[] features(Random random, int n, DataType type) {
      return new INDArray[] {ids(random, n, STEPS, type)};
    }
  },

  /** A ComputationGraph of single tokens, sequences, bags and real features. */
  GRAPH {
    @Override
    Model create(DataType type) {
      GraphBuilder graph =
          builder(type)
              .graphBuilder()
              .addInputs("text", "set", "category", "reals")
              .addLayer("embedding", embedding(null), "text")
              .addLayer(
                  "wide",
                  conv(null, DIM, 6, 4, 2, ConvolutionMode.Truncate, 1, Activation.RELU),
                  "embedding")
              .addLayer(
                  "narrow",
                  conv(null, DIM, 5, 1, 1, ConvolutionMode.Truncate, 1, Activation.IDENTITY),
                  "embedding")
              .addLayer("relu", new ActivationLayer(Activation.RELU), "narrow")
              .addLayer("wideMax", global(null, PoolingType.MAX), "wide")
              .addLayer("narrowMean", global(null, PoolingType.AVG), "relu")
              .addLayer("wordMean", global(null, PoolingType.AVG), "embedding")
              .addLayer("sum", new EmbeddingBagLayer(VOCABULARY, 4, false), "set")
              .addLayer("mean", new EmbeddingBagLayer(VOCABULARY, 3, true), "set")
              .addLayer("token", new EmbeddingLayer.Builder().nIn(9).nOut(4).build(), "category")
              .addLayer("features", dense(null, 5, 4, Activation.RELU), "reals")
              .addVertex(
                  "merge",
                  new MergeVertex(),
                  "wideMax",
                  "narrowMean",
                  "wordMean",
                  "sum",
                  "mean",
                  "token",
                  "features")
              .addLayer("dropout", new DropoutLayer(0.7), "merge")
              .addLayer(
                  "dense", dense(null, 6 + 5 + DIM + 4 + 3 + 4 + 4, 8, Activation.RELU), "dropout")
              .addLayer("out", output(null, 8), "dense")
              .setOutputs("out");
      return new ComputationGraph(graph.build());
    }

    @Override
    public INDArray[] features(Random random, int n, DataType type) {
      INDArray category = Nd4j.create(type, n, 1);
      for (int i = 0; i < n; i++) {
        category.putScalar(i, 0, random.nextInt(9));
      }
      return new INDArray[] {
        ids(random, n, STEPS, type),
        ids(random, n, 2 * STEPS, type),
        category,
        reals(random, type, n, 5)
      };
    }
  };

  static final int STEPS = 12;
  public static final int VOCABULARY = 20;
  static final int CLASSES = 3;
  private static final int DIM = 4;
  private static final int BATCH = 8;

  abstract Model create(DataType type);

  public abstract INDArray[] features(Random random, int n, DataType type);

  /** Initialized. */
  public Model network() {
    return network(DataType.FLOAT);
  }

  public Model network(DataType type) {
    Model network = create(type);
    network.init();
    return network;
  }

  /** Prepared and calibrated. */
  QatNetwork prepare(QuantSpec spec) {
    QatNetwork qat = Qat.prepare(network(), spec);
    qat.calibrate(data(1, 4), 4);
    return qat;
  }

  /** Always the same batches for a seed. */
  public MultiDataSetIterator data(long seed, int batches) {
    Random random = new Random(seed);
    MultiDataSet[] sets = new MultiDataSet[batches];
    for (int i = 0; i < batches; i++) {
      sets[i] = batch(random, BATCH, DataType.FLOAT);
    }
    return new IteratorMultiDataSetIterator(
        List.<org.nd4j.linalg.dataset.api.MultiDataSet>of(sets).iterator(), BATCH);
  }

  public MultiDataSet batch(Random random, int n, DataType type) {
    INDArray labels = Nd4j.zeros(type, n, CLASSES);
    for (int i = 0; i < n; i++) {
      labels.putScalar(i, random.nextInt(CLASSES), 1);
    }
    return new MultiDataSet(features(random, n, type), new INDArray[] {labels});
  }

  public static void fit(QatNetwork qat, MultiDataSetIterator data) {
    fit(qat.network(), data);
  }

  public static void fit(Model network, MultiDataSetIterator data) {
    while (data.hasNext()) {
      fit(network, data.next());
    }
  }

  public static void fit(Model network, org.nd4j.linalg.dataset.api.MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.fit(batch);
    } else {
      ((MultiLayerNetwork) network).fit(new DataSet(batch.getFeatures(0), batch.getLabels(0)));
    }
  }

  /** Parameters of all layers by "layer/key". */
  public static Map<String, INDArray> params(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.paramTable()
        : ((MultiLayerNetwork) network).paramTable();
  }

  private static NeuralNetConfiguration.Builder builder(DataType type) {
    return new NeuralNetConfiguration.Builder().seed(7).dataType(type).updater(new Adam(0.02));
  }

  private static Layer named(String name, Layer layer) {
    layer.setLayerName(name);
    return layer;
  }

  private static EmbeddingSequenceLayer embedding(String name) {
    return new EmbeddingSequenceLayer.Builder()
        .name(name)
        .nIn(VOCABULARY)
        .nOut(DIM)
        .inputLength(STEPS)
        .build();
  }

  private static Convolution1DLayer conv(
      String name,
      int in,
      int out,
      int kernel,
      int stride,
      ConvolutionMode mode,
      int dilation,
      Activation f) {
    return new Convolution1DLayer.Builder(kernel)
        .name(name)
        .nIn(in)
        .nOut(out)
        .stride(stride)
        .dilation(dilation)
        .convolutionMode(mode)
        .activation(f)
        .build();
  }

  private static Subsampling1DLayer maxPool(String name) {
    return new Subsampling1DLayer.Builder(Subsampling1DLayer.PoolingType.MAX)
        .name(name)
        .kernelSize(2)
        .stride(2)
        .build();
  }

  private static Subsampling1DLayer averagePool(String name) {
    return new Subsampling1DLayer.Builder(Subsampling1DLayer.PoolingType.AVG)
        .name(name)
        .kernelSize(3)
        .stride(1)
        .build();
  }

  private static GlobalPoolingLayer global(String name, PoolingType type) {
    return new GlobalPoolingLayer.Builder(type).name(name).build();
  }

  private static DenseLayer dense(String name, int in, int out, Activation f) {
    return new DenseLayer.Builder().name(name).nIn(in).nOut(out).activation(f).build();
  }

  private static OutputLayer output(String name, int in) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .name(name)
        .nIn(in)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static INDArray ids(Random random, int n, int length, DataType type) {
    INDArray ids = Nd4j.zeros(type, n, length);
    for (int i = 0; i < n; i++) {
      int used = random.nextInt(length + 1);
      for (int t = 0; t < used; t++) {
        ids.putScalar(i, t, 1 + random.nextInt(VOCABULARY - 1));
      }
    }
    return ids;
  }

  private static INDArray reals(Random random, DataType type, long... shape) {
    INDArray x = Nd4j.create(type, shape);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, random.nextGaussian());
    }
    return x;
  }
}
