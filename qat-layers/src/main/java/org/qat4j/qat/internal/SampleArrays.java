package org.qat4j.qat.internal;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Sample;

/** Batches of DL4J as the samples of an integer model. */
public final class SampleArrays {
  /** Behind the name of a real input: the input of the model that is its mask. */
  public static final String MASK = "/mask";

  private SampleArrays() {}

  /**
   * One example of a batch.
   *
   * @param model whose inputs the arrays are for
   * @param example its number in the batch
   * @param features one array per input of the network: [n, …]; sequences of real values are [n,
   *     channels, steps], of which every step counts, images [n, channels, height, width]
   */
  public static Sample of(IntegerModel model, int example, INDArray... features) {
    int[][] tokens = new int[model.inputs().size()][];
    float[][] reals = new float[tokens.length][];
    for (int i = features.length; i < tokens.length; i++) {
      tokens[i] = new int[model.inputs().get(i).shape().get(0)];
      Arrays.fill(tokens[i], 1);
    }
    for (int i = 0; i < features.length; i++) {
      INDArray one = features[i].get(NDArrayIndex.interval(example, example + 1));
      if (model.inputs().get(i).kind() == Input.Kind.TOKENS) {
        float[] ids = Floats.read(one);
        tokens[i] = new int[ids.length];
        for (int t = 0; t < ids.length; t++) {
          tokens[i][t] = (int) ids[t];
        }
      } else {
        reals[i] = Floats.read(channelsLast(one));
      }
    }
    return Sample.of(tokens, reals);
  }

  /** Token ids [n, t] or [n, 1, t] as [n, t]. */
  public static INDArray tokens(INDArray ids) {
    return ids.rank() == 3 ? ids.reshape('c', ids.size(0), ids.size(1) * ids.size(2)) : ids;
  }

  /**
   * What a network makes as a model orders it: [n, c], [n, c, t], [t·n, c] or [n, c, h, w] to
   * [n][c], [n][t, c] or [n][h, w, c]. What a dense layer makes of steps lies step by step, all
   * examples of one after those of another.
   *
   * @param n how many examples
   */
  public static float[][] rows(INDArray values, int n) {
    INDArray ordered =
        values.rank() == 2 && values.size(0) != n
            ? values.dup('c').reshape('c', -1, n, values.size(1)).permute(1, 0, 2)
            : channelsLast(values);
    float[] flat = ordered.dup('c').data().asFloat();
    float[][] rows = new float[n][flat.length / n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(flat, i * rows[i].length, rows[i], 0, rows[i].length);
    }
    return rows;
  }

  /** [n, c], [n, c, t] or [n, c, h, w] with the channels behind. */
  public static INDArray channelsLast(INDArray x) {
    return x.rank() == 3 ? x.permute(0, 2, 1) : x.rank() == 4 ? x.permute(0, 2, 3, 1) : x;
  }
}
