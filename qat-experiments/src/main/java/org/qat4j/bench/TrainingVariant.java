package org.qat4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.FastLayers;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;

/** The networks whose training steps are compared. All begin with the same parameters. */
enum TrainingVariant {
  DL4J_FLOAT("float, DL4J's layers") {
    @Override
    Model network(TrainingSpec spec, int length, List<DataSet> data) {
      return TrainingNetworks.of(spec, length, layer -> layer);
    }
  },
  FLOAT("float") {
    @Override
    Model network(TrainingSpec spec, int length, List<DataSet> data) {
      return TrainingNetworks.of(spec, length, FastLayers::of);
    }
  },
  QAT("QAT, W8A8, observing") {
    @Override
    Model network(TrainingSpec spec, int length, List<DataSet> data) {
      return quantized(spec, length, data).network();
    }
  };

  private static final int BATCHES = 8;
  static final int SEED = 42;

  private final String label;

  TrainingVariant(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** The network, ready to be trained. */
  abstract Model network(TrainingSpec spec, int length, List<DataSet> data);

  /** A network under quantization, calibrated. */
  static QatNetwork quantized(TrainingSpec spec, int length, List<DataSet> data) {
    Model network = TrainingNetworks.of(spec, length, FastLayers::of);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    network.close(); // so that its memory is not counted
    qat.calibrate(new ListDataSetIterator<>(data, 1), 1); // an element is a batch
    return qat;
  }

  /** A step. */
  static void fit(Model network, DataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.fit(batch);
    } else {
      ((MultiLayerNetwork) network).fit(batch);
    }
  }

  /** Batches of random words, numbers or images, and classes. */
  static List<DataSet> data(TrainingSpec spec, int length) {
    Random random = new Random(SEED);
    boolean words = spec.body().readsWords();
    boolean flat = words || spec.body().readsVectors();
    long[] shape =
        flat
            ? new long[] {spec.batch(), length}
            : new long[] {spec.batch(), TrainingNetworks.COLOURS, length, length};
    List<DataSet> sets = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      float[] values = new float[(int) ArrayUtil.prodLong(shape)];
      for (int j = 0; j < values.length; j++) {
        values[j] = words ? 1f + random.nextInt(spec.vocabulary() - 1) : random.nextFloat();
      }
      INDArray labels = Nd4j.zeros(spec.batch(), spec.classes());
      for (int j = 0; j < spec.batch(); j++) {
        labels.putScalar(j, random.nextInt(spec.classes()), 1);
      }
      sets.add(new DataSet(Nd4j.create(values, shape, 'c'), labels));
    }
    return sets;
  }
}
