package org.qat4j.task.translation;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;
import org.qat4j.evaluation.Predictions;
import org.qat4j.network.Outputs;
import org.qat4j.runtime.Translator;
import org.qat4j.text.PieceEncoder;

/**
 * Translates as {@link Translator} does, piece by piece and always the most probable one, but by a
 * network of DL4J, many texts at a time.
 */
public final class NetworkTranslation {
  private final Model network;
  private final TextBatches batches;
  private final PieceEncoder encoder;
  private final int input;
  private final float[] losses;
  private int right;
  private int pieces;

  /**
   * @param batches not shuffled; read from the beginning
   */
  public NetworkTranslation(Model network, TextBatches batches) {
    this.network = network;
    this.batches = batches;
    this.input = batches.pieceInput();
    this.encoder = batches.pieceEncoder();
    this.losses = new float[batches.size()];
  }

  /** Given the right beginnings. */
  public Held held() {
    for (int[] part : batches.parts()) {
      judge(batches.batch(part), part);
    }
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return new Held(sum / losses.length, right / (double) pieces);
  }

  public Predictions translate() {
    String[] translations = new String[batches.size()];
    for (int[] part : batches.parts()) {
      judge(batches.batch(part), part);
      int[][] made = greedy(batches.whole(part));
      for (int i = 0; i < part.length; i++) {
        translations[part[i]] = encoder.text(made[i]);
      }
    }
    return TranslationScore.of(batches.examples(), List.of(translations), losses);
  }

  /** Losses of a batch, each the mean over the pieces of a text. */
  private void judge(MultiDataSet batch, int[] texts) {
    INDArray p = Outputs.of(network, batch);
    INDArray next = batch.getLabels(0);
    int n = (int) p.size(0);
    double[] sums = new double[n];
    int[] counts = new int[n];
    for (int step = 0; step < p.size(2); step++) {
      float[][] rows = rows(p, step);
      for (int i = 0; i < n; i++) {
        int id = next.getInt(i, 0, step);
        if (id != PieceEncoder.PADDING) {
          sums[i] -= Math.log(Math.max(rows[i][id], Predictions.TINY));
          counts[i]++;
          right += encoder.best(rows[i], 0) == id ? 1 : 0;
        }
      }
    }
    for (int i = 0; i < n; i++) {
      losses[texts[i]] = (float) (sums[i] / counts[i]);
      pieces += counts[i];
    }
  }

  /** Probabilities behind a step of each translation, [n][pieces]. */
  private static float[][] rows(INDArray p, int step) {
    return p.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(step)).toFloatMatrix();
  }

  /** Steps behind the one that is asked for are not computed, where the network allows it. */
  private INDArray next(INDArray[] features, int step) {
    INDArray[] begun = features.clone();
    for (int i = 0; i < begun.length && batches.isCut(input); i++) {
      begun[i] = begun[i].get(NDArrayIndex.all(), NDArrayIndex.interval(0, step + 1)).dup();
    }
    return Outputs.of(network, begun);
  }

  private int[][] greedy(INDArray[] features) {
    INDArray ids = features[input];
    int n = (int) ids.size(0);
    int behind = encoder.sourceLength() + 1;
    for (int step = behind; step < encoder.length(); step++) {
      ids.putColumn(step, ids.getColumn(step).mul(0));
    }
    int[][] made = new int[n][encoder.targetLength()];
    boolean[] ended = new boolean[n];
    int open = n;
    for (int step = 0; step < encoder.targetLength() && open > 0; step++) {
      float[][] rows = rows(next(features, encoder.sourceLength() + step), step);
      for (int i = 0; i < n; i++) {
        int id = ended[i] ? PieceEncoder.PADDING : encoder.best(rows[i], 0);
        made[i][step] = id;
        if (id == PieceEncoder.END) {
          ended[i] = true;
          open--;
        } else if (behind + step < encoder.length()) {
          ids.putScalar(i, behind + step, id);
        }
      }
    }
    return made;
  }
}
