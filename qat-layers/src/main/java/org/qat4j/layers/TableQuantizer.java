package org.qat4j.layers;

import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/**
 * Quantization of an embedding table (11): one symmetric scale, that of the largest magnitude of
 * the table, and rounding of those rows alone that are read.
 */
final class TableQuantizer {
  private static final int BLOCK = 2048;

  private final QuantSettings settings;
  private final Supplier<INDArray> table;

  TableQuantizer(QuantSettings settings, Supplier<INDArray> table) {
    this.settings = settings;
    this.table = table;
  }

  /** Scale of the table as it is now. */
  QuantParams params() {
    float largest = table.get().amaxNumber().floatValue();
    if (!Float.isFinite(largest)) {
      throw new QatException(
          "layer \"" + settings.layer() + "\": the embedding has values that are not finite");
    }
    return QuantParams.symmetric(largest, settings.spec().weights().bits());
  }

  /** Replaces gathered rows by s·q; nothing clips, so gradients pass unchanged. */
  void quantizeRows(INDArray rows) {
    float scale = params().scale();
    INDArray memory = rows.rank() == 3 ? rows.permute(0, 2, 1) : rows;
    if (Floats.onHost() && (Floats.dense(rows) || Floats.dense(memory))) {
      int n = (int) rows.length();
      float[] block = new float[BLOCK];
      FloatPointer pointer = Floats.pointer(rows);
      for (int from = 0; from < n; from += BLOCK) {
        int size = Math.min(BLOCK, n - from);
        pointer.position(from).get(block, 0, size);
        for (int i = 0; i < size; i++) {
          block[i] = scale * (float) Math.rint(block[i] / scale);
        }
        pointer.put(block, 0, size);
      }
    } else {
      DeviceOps.steps(rows, scale).muli(scale);
    }
  }
}
