package org.qat4j.layers.internal.codes;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.model.IntVector;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.LayerNormStep;

/**
 * Values divided by their norm, on integers: x and −x side by side have the mean 0 and the variance
 * ‖x‖² / n, so that a layer normalization (18) with the gain 1 / √n makes x / ‖x‖ of them.
 *
 * @param values n, how many there are
 * @param input what their codes mean
 */
public record VectorNorm(int values, QuantParams input) {
  /** Of a variance: far below that of any code but 0, so that zeros stay zeros. */
  public static final double EPSILON = 0x1p-100;

  /** Of both side by side, without a zero point. */
  public QuantParams both() {
    int most = input.maxDistance();
    return new QuantParams(input.scale(), 0, -most, most);
  }

  public int shift() {
    return values == 1 ? 14 : 15; // at which a gain of 1 is no short
  }

  public IntVector gain() {
    int[] gain = new int[2 * values];
    Arrays.fill(gain, (int) Math.rint(Math.scalb(1 / Math.sqrt(values), shift())));
    return IntVector.of(gain);
  }

  public IntVector bias() {
    return IntVector.of(new int[2 * values]);
  }

  /** What an evaluation makes of real values that stand for codes: [examples, …] to the same. */
  public INDArray apply(INDArray x) {
    LayerNormStep step =
        new LayerNormStep(
            gain().toArray(), bias().toArray(), shift(), EPSILON, both(), new int[0], both());
    float[] made = IntegerProduct.distances(x, input);
    int[] row = new int[2 * values];
    float[] normal = new float[2 * values];
    for (int at = 0; at < made.length; at += values) {
      for (int i = 0; i < values; i++) {
        row[i] = (int) made[at + i];
        row[values + i] = -row[i];
      }
      step.reals(row, 0, normal, 0);
      System.arraycopy(normal, 0, made, at, values);
    }
    return Floats.array(made, x.shape());
  }
}
