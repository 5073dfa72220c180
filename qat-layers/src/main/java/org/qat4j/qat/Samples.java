package org.qat4j.qat;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Sample;

/** Batches of DL4J as what an integer model reads, to compare both. */
public final class Samples {
  private Samples() {}

  /**
   * One example of a batch.
   *
   * @param model whose inputs the arrays are for
   * @param example its number in the batch
   * @param features one array per input of the network: [n, …]; sequences of real values are [n,
   *     channels, steps], of which every step counts, images [n, channels, height, width]
   */
  public static Sample of(IntegerModel model, int example, INDArray... features) {
    return org.qat4j.qat.internal.SampleArrays.of(model, example, features);
  }
}
