package org.qat4j.layers.internal.host;

import java.nio.FloatBuffer;
import java.util.List;
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
   * Writes rows.
   *
   * @param from row-major, [rows, d]
   * @param ids where each goes, in [0, vocabulary)
   */
  public static void put(INDArray from, int[] ids, INDArray table) {
    int d = (int) table.size(1);
    FloatBuffer rows = Floats.buffer(from);
    FloatBuffer to = Floats.buffer(table);
    for (int i = 0; i < ids.length; i++) {
      to.put(ids[i] * d, rows, i * d, d);
    }
  }

  /** What is done to a row and to the rows of other tables that belong to it, in place. */
  public interface Step {
    void apply(float[] row, float[][] others);
  }

  /**
   * Makes a step of each of some rows.
   *
   * @param rows row-major, [ids, d], overwritten
   * @param ids which rows of the tables they belong to
   * @param tables [vocabulary, d], of which those rows are overwritten
   */
  public static void update(INDArray rows, int[] ids, List<INDArray> tables, Step step) {
    int d = (int) rows.size(1);
    FloatBuffer all = Floats.buffer(rows);
    FloatBuffer[] buffers = tables.stream().map(Floats::buffer).toArray(FloatBuffer[]::new);
    float[] row = new float[d];
    float[][] others = new float[buffers.length][d];
    for (int i = 0; i < ids.length; i++) {
      all.get(i * d, row, 0, d);
      for (int t = 0; t < buffers.length; t++) {
        buffers[t].get(ids[i] * d, others[t], 0, d);
      }
      step.apply(row, others);
      all.put(i * d, row, 0, d);
      for (int t = 0; t < buffers.length; t++) {
        buffers[t].put(ids[i] * d, others[t], 0, d);
      }
    }
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
   * @param read takes the rows that were read; where it {@linkplain RowsRead#keepsRest keeps the
   *     rest}, only those that were read the last time are made 0 first
   */
  public static void scatter(
      int[] ids, INDArray delta, int places, boolean padding, INDArray gradient, RowsRead read) {
    int d = (int) gradient.size(1);
    read.clear(gradient);
    read.read(ids, padding, (int) gradient.size(0));
    FloatBuffer from = Floats.buffer(delta);
    float[] sums = new float[read.count() * d];
    float[] row = new float[d];
    for (int i = 0; i < ids.length; i++) {
      if (i % places == 0) {
        from.get(i / places * d, row, 0, d);
      }
      if (padding || ids[i] != TextEncoder.PADDING) {
        add(sums, read.place(ids[i]) * d, row);
      }
    }
    FloatBuffer to = Floats.buffer(gradient);
    for (int i = 0; i < read.count(); i++) {
      to.put(read.row(i) * d, sums, i * d, d);
    }
  }

  private static void add(float[] sums, int at, float[] row) {
    for (int j = 0; j < row.length; j++) {
      sums[at + j] += row[j];
    }
  }
}
