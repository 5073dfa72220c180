package org.qat4j.layers.internal.host;

/**
 * A layer whose weights are a table of which a step reads a few rows, so that an optimizer may
 * leave the others as they are.
 */
public interface LazyTable {
  /** The parameter that is the table, [rows, columns]. */
  String tableKey();

  /** Values of a row. */
  long columns();

  /** Whether the rows of the table, and of its gradient, lie in memory as rows. */
  boolean hasRows();

  /**
   * Begins or ends a training in which nobody writes into the gradient of rows that were not read.
   */
  void keepRest(boolean keeps);

  /** Rows that the last backward pass has written, each once. */
  int[] rowsRead();
}
