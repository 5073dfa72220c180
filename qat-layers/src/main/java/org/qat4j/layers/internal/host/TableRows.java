package org.qat4j.layers.internal.host;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.text.TextEncoder;

/** Reads and writes rows of a row-major embedding table [vocabulary, d] in host memory. */
public final class TableRows {
  private TableRows() {}

  /** Whether the rows of a table can be read here. */
  public static boolean supports(INDArray table) {
    return Floats.inPlace(table) && table.rank() == 2 && table.ordering() == 'c';
  }

  /**
   * Copies rows.
   *
   * @param ids which rows, each in [0, vocabulary)
   * @param to row-major, [ids, d]
   */
  public static void gather(INDArray table, int[] ids, INDArray to) {
    int d = (int) table.size(1);
    FloatBuffer from = Floats.buffer(table);
    FloatBuffer rows = Floats.buffer(to);
    for (int i = 0; i < ids.length; i++) {
      rows.put(i * d, from, ids[i] * d, d);
    }
  }

  /**
   * The gradient of each place [ids, d]: a row of delta, or 0 at places of the padding token.
   *
   * @param ids which row was read at each place
   * @param delta row-major: row i / places is the gradient of place i
   * @param places that share a row of delta
   */
  public static INDArray spread(int[] ids, INDArray delta, int places) {
    int d = (int) delta.size(1);
    INDArray rows = Nd4j.create(delta.dataType(), new long[] {ids.length, d}, 'c');
    FloatBuffer from = Floats.buffer(delta);
    FloatBuffer to = Floats.buffer(rows);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] != TextEncoder.PADDING) {
        to.put(i * d, from, i / places * d, d);
      }
    }
    return rows;
  }

  /**
   * The gradient of a table: the sum, for each row, of the gradients of the places where it was
   * read, in the order of the places.
   *
   * @param ids which row was read at each place
   * @param delta row-major: row i / places is the gradient of place i
   * @param places that share a row of delta
   * @param padding whether places of the padding token count
   * @param gradient of the table, overwritten
   */
  public static void scatter(
      int[] ids, INDArray delta, int places, boolean padding, INDArray gradient) {
    int d = (int) gradient.size(1);
    gradient.assign(0);
    FloatBuffer to = Floats.buffer(gradient);
    FloatBuffer from = Floats.buffer(delta);
    float[] sum = new float[d];
    float[] row = new float[d];
    for (int i = 0; i < ids.length; i++) {
      if (i % places == 0) {
        from.get(i / places * d, row, 0, d);
      }
      if (padding || ids[i] != TextEncoder.PADDING) {
        to.get(ids[i] * d, sum, 0, d);
        add(sum, row, d);
        to.put(ids[i] * d, sum, 0, d);
      }
    }
  }

  private static void add(float[] sum, float[] row, int d) {
    for (int j = 0; j < d; j++) {
      sum[j] += row[j];
    }
  }
}
