package org.qat4j.training;

import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.text.TextEncoder;

/** Replaces a share of the tokens of a batch by the unknown one, so that it is learned too. */
final class TokenDropout {
  private static final float UNKNOWN = 1;

  private final double share;
  private final Random random;

  TokenDropout(double share, long seed) {
    this.share = share;
    this.random = new Random(seed);
  }

  /** Token ids [n, length] with some of them replaced; padding stays. */
  INDArray apply(INDArray ids) {
    if (share == 0) {
      return ids;
    }
    float[] values = ids.dup('c').data().asFloat();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != TextEncoder.PADDING && random.nextDouble() < share) {
        values[i] = UNKNOWN;
      }
    }
    return Nd4j.create(values, ids.shape(), 'c');
  }
}
