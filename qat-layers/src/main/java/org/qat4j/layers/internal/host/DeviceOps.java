package org.qat4j.layers.internal.host;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Floor;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Rint;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Quantization by ND4J operations, for arrays that do not live in host memory. All in place. */
public final class DeviceOps {
  private DeviceOps() {}

  /** To the nearest integer, half to even, unlike {@link Transforms#round(INDArray)}. */
  public static INDArray rint(INDArray x) {
    return Nd4j.getExecutioner().exec(new Rint(x, x));
  }

  public static INDArray floor(INDArray x) {
    return Nd4j.getExecutioner().exec(new Floor(x, x));
  }

  /** Clamps to [lo, hi]. */
  public static INDArray clamp(INDArray x, double lo, double hi) {
    return Transforms.min(Transforms.max(x, lo, false), hi, false);
  }

  /** Symmetric fake quantization of a matrix in place, one scale per column or one in all. */
  public static void quantizeColumns(
      INDArray matrix, boolean perColumn, int maxCode, float minScale) {
    INDArray magnitude = Transforms.abs(matrix, true);
    INDArray scale =
        perColumn
            ? magnitude.max(true, 0).divi(maxCode)
            : Nd4j.valueArrayOf(
                new long[] {1, matrix.columns()}, magnitude.maxNumber().floatValue() / maxCode);
    Transforms.max(scale, minScale, false);
    INDArray row = scale.reshape(matrix.columns());
    matrix.diviRowVector(row);
    rint(matrix);
    clamp(matrix, -maxCode, maxCode);
    matrix.muliRowVector(row);
  }
}
