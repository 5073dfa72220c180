package org.qat4j.training;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.data.Question;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Predictions;

/** Runs a network over texts. */
public final class Evaluate {
  private Evaluate() {}

  /**
   * Predictions of a network in evaluation mode, where a network under quantization computes on
   * integer codes.
   *
   * @param network whose output is softmax, [n, classes] or [n, tags, steps]
   * @param batches not shuffled; read from the beginning
   */
  public static Predictions predict(Model network, TextBatches batches) {
    if (batches.question() == Question.TRANSLATION) {
      return new NetworkTranslation(network, batches).translate();
    }
    float[][] probabilities = new float[batches.size()][];
    batches.reset();
    for (int at = 0; batches.hasNext(); ) {
      for (float[] row : rows(output(network, batches.next()))) {
        probabilities[at++] = row;
      }
    }
    return new Judge(batches.question(), batches.labels()).judge(batches.examples(), probabilities);
  }

  /**
   * How good a network is during its training.
   *
   * @param loss mean, in nats
   * @param score by the metric of the task; where texts are translated, the share of pieces that
   *     are the most probable ones, given those before
   */
  record Held(double loss, double score) {}

  /** The same as {@link #predict}, but that texts are not translated, which takes long. */
  static Held held(Model network, TextBatches batches) {
    if (batches.question() == Question.TRANSLATION) {
      return new NetworkTranslation(network, batches).held();
    }
    Predictions answers = predict(network, batches);
    return new Held(answers.meanLoss(), answers.score());
  }

  /** [n, c] or [n, c, t] to [n][c] or [n][t·c]. */
  private static float[][] rows(INDArray output) {
    long n = output.size(0);
    INDArray ordered = output.rank() == 3 ? output.permute(0, 2, 1).dup('c') : output;
    return ordered.reshape('c', n, output.length() / n).toFloatMatrix();
  }

  static INDArray output(Model network, MultiDataSet batch) {
    return network instanceof ComputationGraph graph
        ? graph.output(false, batch.getFeatures(), batch.getFeaturesMaskArrays())[0]
        : ((MultiLayerNetwork) network)
            .output(batch.getFeatures(0), false, batch.getFeaturesMaskArray(0), null);
  }
}
