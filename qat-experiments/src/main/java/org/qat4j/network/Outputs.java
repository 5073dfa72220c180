package org.qat4j.network;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.data.TextBatches;

/** What a network puts out for batches, in evaluation mode. */
public final class Outputs {
  private Outputs() {}

  /**
   * Of all texts, in their order.
   *
   * @param batches not shuffled; all of their texts are read
   * @return [text][class], or [text][token · tag] of the tokens whose steps were computed
   */
  public static float[][] of(Model network, TextBatches batches) {
    float[][] outputs = new float[batches.size()][];
    for (int[] part : batches.parts()) {
      float[][] rows = rows(of(network, batches.batch(part)));
      for (int i = 0; i < part.length; i++) {
        outputs[part[i]] = batches.answer(part[i], rows[i]);
      }
    }
    return outputs;
  }

  /** Of one batch, as the network gives it. */
  public static INDArray of(Model network, MultiDataSet batch) {
    return network instanceof ComputationGraph graph
        ? graph.output(false, batch.getFeatures(), batch.getFeaturesMaskArrays())[0]
        : ((MultiLayerNetwork) network)
            .output(batch.getFeatures(0), false, batch.getFeaturesMaskArray(0), null);
  }

  /** Of a network without masks. */
  public static INDArray of(Model network, INDArray[] features) {
    return of(network, new org.nd4j.linalg.dataset.MultiDataSet(features, null));
  }

  /** [n, c] or [n, c, t] to [n][c] or [n][t·c]. */
  private static float[][] rows(INDArray output) {
    long n = output.size(0);
    INDArray ordered = output.rank() == 3 ? output.permute(0, 2, 1).dup('c') : output;
    return ordered.reshape('c', n, output.length() / n).toFloatMatrix();
  }
}
