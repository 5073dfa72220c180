package org.qat4j.layers.internal.quantizing;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.internal.Extremes;
import org.qat4j.layers.internal.host.Floats;

/** Smallest and largest value of arrays in host memory, block by block and without garbage. */
final class ArrayExtremes {
  private static final int BLOCK = 2048;

  private final float[] block = new float[BLOCK];
  private final Extremes extremes = new Extremes(BLOCK);

  /**
   * The range of a dense array.
   *
   * @param mask [n, t] of x [n, c, t] or [n, 1] of x [n, c] in c order, row-major, 0 where a step
   *     does not count; or null
   * @return null if no value counts
   * @throws QatException if a value is not finite
   */
  Range of(INDArray x, float[] mask) {
    extremes.clear();
    FloatBuffer values = Floats.buffer(x);
    int n = values.capacity();
    for (int from = 0; from < n; from += BLOCK) {
      int size = Math.min(BLOCK, n - from);
      values.get(from, block, 0, size);
      extremes.add(block, mask == null ? size : keep(from, size, x, mask));
    }
    return extremes.isEmpty() ? null : extremes.range();
  }

  /**
   * The smallest range around 0 that holds all values of a dense array.
   *
   * @throws QatException if a value is not finite
   */
  Range around0(INDArray x) {
    extremes.clear();
    FloatBuffer values = Floats.buffer(x);
    int n = values.capacity();
    for (int from = 0; from < n; from += BLOCK) {
      int size = Math.min(BLOCK, n - from);
      values.get(from, block, 0, size);
      extremes.addMagnitudes(block, size);
    }
    return extremes.range();
  }

  /** Moves those values of x[from … from + size) that count to the front of the block. */
  private int keep(int from, int size, INDArray x, float[] mask) {
    int steps = x.rank() == 3 ? (int) x.size(2) : 1;
    int perExample = (int) x.size(1) * steps;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int at = from + i;
      if (mask[at / perExample * steps + at % steps] != 0) {
        block[kept++] = block[i];
      }
    }
    return kept;
  }
}
