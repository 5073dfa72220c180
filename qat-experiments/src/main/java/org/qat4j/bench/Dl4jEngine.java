package org.qat4j.bench;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** A DL4J network in evaluation; its input arrays exist beforehand. It brings its own threads. */
final class Dl4jEngine extends Engine {
  private final Model network;
  private final INDArray[][] features;

  /**
   * @param threads of ND4J, for all networks of the process
   */
  Dl4jEngine(String name, EncodedTexts texts, Model network, int threads) {
    super(name);
    this.network = network;
    this.features = new INDArray[texts.batches()][];
    for (int i = 0; i < features.length; i++) {
      features[i] = features(texts, i);
    }
    // After the first array: it is that which starts ND4J.
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  private static INDArray[] features(EncodedTexts texts, int i) {
    INDArray[] features = new INDArray[texts.model().inputs().size()];
    for (int in = 0; in < features.length; in++) {
      int length = texts.ids(i, 0)[in].length;
      float[] ids = new float[texts.batch() * length];
      for (int j = 0; j < texts.batch(); j++) {
        for (int t = 0; t < length; t++) {
          ids[j * length + t] = texts.ids(i, j)[in][t];
        }
      }
      features[in] = Nd4j.create(ids, new long[] {texts.batch(), length}, 'c');
    }
    return features;
  }

  @Override
  void answer(int i) {
    if (network instanceof ComputationGraph graph) {
      graph.outputSingle(features[i]);
    } else {
      ((MultiLayerNetwork) network).output(features[i][0]);
    }
  }

  @Override
  int mostCallers() {
    return 1;
  }
}
