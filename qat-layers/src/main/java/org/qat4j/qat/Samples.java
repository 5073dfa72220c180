package org.qat4j.qat;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.layers.Floats;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Sample;

/** Batches of DL4J as the samples of an integer model. */
public final class Samples {
  private Samples() {}

  /**
   * One example of a batch.
   *
   * @param model whose inputs the arrays are for
   * @param example its number in the batch
   * @param features one array per input: [n, …]; sequences of real values are [n, channels, steps]
   */
  public static Sample of(IntegerModel model, int example, INDArray... features) {
    int[][] tokens = new int[features.length][];
    float[][] reals = new float[features.length][];
    for (int i = 0; i < features.length; i++) {
      INDArray one = features[i].get(NDArrayIndex.interval(example, example + 1));
      if (model.inputs().get(i).kind() == Input.Kind.TOKENS) {
        float[] ids = Floats.read(one);
        tokens[i] = new int[ids.length];
        for (int t = 0; t < ids.length; t++) {
          tokens[i][t] = (int) ids[t];
        }
      } else {
        reals[i] = Floats.read(one.rank() == 3 ? one.permute(0, 2, 1) : one);
      }
    }
    return Sample.of(tokens, reals);
  }
}
