package org.qat4j.training;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.qat4j.layers.internal.host.LazyTable;
import org.qat4j.layers.internal.host.TableRows;

/**
 * A table that is updated at the rows alone that a step has read: these, their gradient and what
 * the optimizer knows of them are copied together, updated as any parameters are, and put back.
 */
final class TablePart implements LazyUpdate.Part {
  /** Arrays of rows, which grow as they have to. */
  private static final class Rows {
    private final INDArray table;
    private INDArray memory;

    Rows(INDArray flat, long columns) {
      this.table = flat.reshape('c', flat.length() / columns, columns);
    }

    /** The values of rows, one a row. */
    INDArray matrix(INDArray flat, long rows) {
      return flat.reshape('c', rows, table.size(1));
    }

    /** Copies rows together. */
    INDArray gather(int[] rows) {
      long columns = table.size(1);
      long n = rows.length * columns;
      if (memory == null || memory.length() < n) {
        memory = Nd4j.createUninitializedDetached(table.dataType(), 'c', 2 * n);
      }
      INDArray flat = memory.get(NDArrayIndex.interval(0, n));
      TableRows.gather(table, rows, matrix(flat, rows.length));
      return flat;
    }

    void put(INDArray flat, int[] rows) {
      TableRows.put(matrix(flat, rows.length), rows, table);
    }
  }

  private final LazyTable layer;
  private final Slice whole;
  private final LazyUpdate.Optimum optimum;
  private final Rows gradients;
  private final Rows values;
  private final Map<String, Rows> known = new TreeMap<>();

  /** Rows of the step, and the step. */
  private int[] read = {};

  private Slice slice;

  TablePart(LazyTable layer, Slice whole, LazyUpdate.Optimum optimum) {
    this.layer = layer;
    long columns = layer.columns();
    this.whole = whole;
    this.optimum = optimum;
    this.gradients = new Rows(whole.gradient(), columns);
    this.values = new Rows(whole.values().get(), columns);
    optimum.known().forEach((key, all) -> known.put(key, new Rows(all, columns)));
  }

  @Override
  public void begin() {
    read = layer.rowsRead();
    slice =
        read.length == 0
            ? null
            : new Slice(whole.state(), gradients.gather(read), () -> values.gather(read));
  }

  @Override
  public List<Slice> slices() {
    return slice == null ? List.of() : List.of(slice);
  }

  @Override
  public List<INDArray> summed() {
    return slice == null || !slice.isSummed() ? List.of() : List.of(slice.gradient());
  }

  @Override
  public void update(int step, int epoch) {
    if (slice == null) {
      return;
    }
    IUpdater config = optimum.config();
    LazyUpdate.regularize(
        slice, slice.values(), slice.gradient(), ApplyStep.BEFORE_UPDATER, config, step, epoch);
    if (config instanceof Adam adam) {
      TableRows.update(
          gradients.matrix(slice.gradient(), read.length),
          read,
          List.of(known.get(RowAdam.SECOND_MOMENT).table),
          new RowAdam(adam, step, epoch));
    } else {
      Map<String, INDArray> of = new TreeMap<>();
      known.forEach((key, rows) -> of.put(key, rows.gather(read)));
      optimum.updater(of).applyUpdater(slice.gradient(), step, epoch);
      of.forEach((key, rows) -> known.get(key).put(rows, read));
    }
    LazyUpdate.regularize(
        slice, slice.values(), slice.gradient(), ApplyStep.POST_UPDATER, config, step, epoch);
  }

  @Override
  public void subtract() {
    if (slice != null) {
      TableRows.update(
          gradients.matrix(slice.gradient(), read.length),
          read,
          List.of(values.table, gradients.table),
          TablePart::subtract);
    }
  }

  /** Takes a step, and hands it on as the gradient. */
  private static void subtract(float[] step, float[][] rows) {
    float[] of = rows[0];
    for (int i = 0; i < step.length; i++) {
      of[i] -= step[i];
    }
    System.arraycopy(step, 0, rows[1], 0, step.length);
  }
}
