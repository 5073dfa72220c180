package org.qat4j.layers.internal.host;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.text.TextEncoder;

/** Which rows of a table a step has read, each once, in the order in which they came first. */
public final class RowsRead {
  private int[] rows = new int[0];
  private int count;

  /** Of each row of the table its place among those read, from 1; 0 for the others. */
  private int[] places = new int[0];

  private boolean keepsRest;
  private boolean restIsZero;

  /**
   * Whether nobody but {@link TableRows#scatter} writes into the gradient of the rows that were not
   * read, so that they are 0 and stay so.
   */
  public void keepRest(boolean keeps) {
    keepsRest = keeps;
    restIsZero = false;
  }

  /** The rows of the last step. */
  public int[] rows() {
    return Arrays.copyOf(rows, count);
  }

  int count() {
    return count;
  }

  int row(int place) {
    return rows[place];
  }

  /** Place of a row that was read. */
  int place(int row) {
    return places[row] - 1;
  }

  /** Notes the rows of a step. */
  void read(int[] ids, boolean padding, int vocabulary) {
    if (places.length != vocabulary) {
      places = new int[vocabulary];
    } else {
      for (int i = 0; i < count; i++) {
        places[rows[i]] = 0;
      }
    }
    count = 0;
    for (int id : ids) {
      if (places[id] == 0 && (padding || id != TextEncoder.PADDING)) {
        if (count == rows.length) {
          rows = Arrays.copyOf(rows, Math.max(64, 2 * count));
        }
        rows[count++] = id;
        places[id] = count;
      }
    }
  }

  /** Notes the rows of a step whose gradient somebody else writes, the whole of it. */
  public void written(float[] values, int vocabulary) {
    int[] ids = new int[values.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) values[i];
    }
    read(ids, true, vocabulary);
    restIsZero = false;
  }

  /** Makes a gradient 0, of which nothing but the rows of the last step may be something else. */
  void clear(INDArray gradient) {
    if (!restIsZero) {
      gradient.assign(0);
      restIsZero = keepsRest;
      return;
    }
    int d = (int) gradient.size(1);
    float[] zeros = new float[d];
    FloatBuffer to = Floats.buffer(gradient);
    for (int i = 0; i < count; i++) {
      to.put(rows[i] * d, zeros, 0, d);
    }
  }
}
