package org.qat4j.task.translation;

import java.util.ArrayList;
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
    int at = 0;
    for (batches.reset(); batches.hasNext(); ) {
      at = judge(batches.next(), at);
    }
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return new Held(sum / losses.length, right / (double) pieces);
  }

  public Predictions translate() {
    List<String> translations = new ArrayList<>();
    for (batches.reset(); batches.hasNext(); ) {
      MultiDataSet batch = batches.next();
      judge(batch, translations.size());
      for (int[] ids : greedy(batch)) {
        translations.add(encoder.text(ids));
      }
    }
    return TranslationScore.of(batches.examples(), translations, losses);
  }

  /** Losses of a batch, each the mean over the pieces of a text; gives the number of the next. */
  private int judge(MultiDataSet batch, int first) {
    INDArray p = Outputs.of(network, batch);
    INDArray next = batch.getLabels(0);
    int n = (int) p.size(0);
    double[] sums = new double[n];
    int[] counts = new int[n];
    for (int step = 0; step < encoder.targetLength(); step++) {
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
      losses[first + i] = (float) (sums[i] / counts[i]);
      pieces += counts[i];
    }
    return first + n;
  }

  /** Probabilities behind a step of each translation, [n][pieces]. */
  private static float[][] rows(INDArray p, int step) {
    return p.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(step)).toFloatMatrix();
  }

  private int[][] greedy(MultiDataSet batch) {
    INDArray ids = batch.getFeatures(input);
    int n = (int) ids.size(0);
    int behind = encoder.sourceLength() + 1;
    for (int step = behind; step < encoder.length(); step++) {
      ids.putColumn(step, ids.getColumn(step).mul(0));
    }
    int[][] made = new int[n][encoder.targetLength()];
    boolean[] ended = new boolean[n];
    int open = n;
    for (int step = 0; step < encoder.targetLength() && open > 0; step++) {
      float[][] rows = rows(Outputs.of(network, batch), step);
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
