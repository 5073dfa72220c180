package org.qat4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.FastLayers;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;

/** The networks whose training steps are compared. All begin with the same parameters. */
enum TrainingVariant {
  DL4J_FLOAT("float, DL4J's layers") {
    @Override
    MultiLayerNetwork network(TrainingSpec spec, int length, List<DataSet> data) {
      return initialized(spec, length, layer -> layer);
    }
  },
  FLOAT("float") {
    @Override
    MultiLayerNetwork network(TrainingSpec spec, int length, List<DataSet> data) {
      return initialized(spec, length, FastLayers::of);
    }
  },
  QAT("QAT, W8A8, observing") {
    @Override
    MultiLayerNetwork network(TrainingSpec spec, int length, List<DataSet> data) {
      MultiLayerNetwork network = initialized(spec, length, FastLayers::of);
      QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
      network.close(); // so that its memory is not counted
      qat.calibrate(new ListDataSetIterator<>(data, 1), 1); // an element is a batch
      return qat.multiLayerNetwork();
    }
  };

  private static final int BATCHES = 8;
  private static final int SEED = 42;

  private final String label;

  TrainingVariant(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** The network, ready to be trained. */
  abstract MultiLayerNetwork network(TrainingSpec spec, int length, List<DataSet> data);

  private static MultiLayerNetwork initialized(
      TrainingSpec spec, int length, UnaryOperator<Layer> form) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Adam(1e-3))
                .list()
                .layer(
                    form.apply(
                        new EmbeddingSequenceLayer.Builder()
                            .nIn(spec.vocabulary())
                            .nOut(TrainingSpec.DIMENSION)
                            .inputLength(length)
                            .activation(Activation.IDENTITY)
                            .weightInit(new UniformDistribution(-0.25, 0.25))
                            .build()))
                .layer(spec.body().layer(form))
                .layer(form.apply(new GlobalPoolingLayer(PoolingType.MAX)))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(spec.body().channels())
                        .nOut(TrainingSpec.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .dropOut(0.5)
                        .build())
                .build());
    network.init();
    return network;
  }

  /** Batches of random words and classes. */
  static List<DataSet> data(TrainingSpec spec, int length) {
    Random random = new Random(SEED);
    List<DataSet> sets = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      float[] ids = new float[spec.batch() * length];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = 1f + random.nextInt(spec.vocabulary() - 1);
      }
      INDArray labels = Nd4j.zeros(spec.batch(), TrainingSpec.CLASSES);
      for (int j = 0; j < spec.batch(); j++) {
        labels.putScalar(j, random.nextInt(TrainingSpec.CLASSES), 1);
      }
      sets.add(new DataSet(Nd4j.create(ids, new long[] {spec.batch(), length}, 'c'), labels));
    }
    return sets;
  }
}
