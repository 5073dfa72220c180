package org.qat4j.runtime.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What each token adds to the accumulators of a layer. An embedding (11) followed by a product (6)
 * is linear in integers: token v at tap k adds the fixed vector Σ_d E[v, d]·(q_w[c, k, d] − z_w),
 * (channels). Each is computed when it first occurs and kept while there is room; the sum over the
 * taps is then all that remains of the convolution. Without a product the vector is the row of the
 * embedding itself, as sums and means of tokens need it. Tokens whose embedding is 0 share one row,
 * which takes no room and which sums may leave out. Thread-safe.
 */
final class TokenTable {
  /** Header of an array. */
  private static final int ROW_OVERHEAD = 16;

  private final byte[] embedding;
  private final Product product;
  private final int dim;
  private final int taps;
  private final int pitch;
  private final AtomicReferenceArray<int[]> rows;
  private final TableBudget budget;
  private final int[] zeroRow;

  /**
   * @param embedding codes, (vocabulary, dim)
   * @param product of the layer, or null
   * @param pitch length of a row
   */
  TokenTable(
      byte[] embedding,
      int vocabulary,
      int dim,
      Product product,
      int taps,
      int pitch,
      TableBudget budget) {
    this.embedding = embedding;
    this.dim = dim;
    this.product = product;
    this.taps = taps;
    this.pitch = pitch;
    this.rows = new AtomicReferenceArray<>(vocabulary * taps);
    this.budget = budget;
    this.zeroRow = new int[pitch];
    budget.takeIndex(vocabulary * taps);
  }

  /** What a step of real 0 adds. */
  int[] zeroRow() {
    return zeroRow;
  }

  int dim() {
    return dim;
  }

  /**
   * What token {@code id} adds at {@code tap}, (channels).
   *
   * @param slot where the row goes in the workspace, for rows that cannot be kept
   * @param scratch dim values that may be overwritten
   */
  int[] row(int id, int tap, Workspace w, int slot, int i, int[] scratch) {
    int[] row = rows.getAcquire(id * taps + tap);
    return row != null ? row : make(id, tap, w, slot, i, scratch);
  }

  private int[] make(int id, int tap, Workspace w, int slot, int i, int[] scratch) {
    if (isZero(id)) {
      rows.setRelease(id * taps + tap, zeroRow);
      return zeroRow;
    }
    long bytes = (long) pitch * Integer.BYTES + ROW_OVERHEAD;
    if (!budget.take(bytes)) {
      int[] row = w.extraRow(slot, i, pitch);
      fill(id, tap, scratch, row);
      return row;
    }
    int[] row = new int[pitch];
    fill(id, tap, scratch, row);
    if (!rows.compareAndSet(id * taps + tap, null, row)) {
      budget.giveBack(bytes);
    }
    return row;
  }

  private boolean isZero(int id) {
    for (int d = id * dim; d < (id + 1) * dim; d++) {
      if (embedding[d] != 0) {
        return false;
      }
    }
    return true;
  }

  private void fill(int id, int tap, int[] scratch, int[] row) {
    int[] x = product == null ? row : scratch;
    for (int d = 0; d < dim; d++) {
      x[d] = embedding[id * dim + d];
    }
    if (product != null) {
      product.tap(x, tap, row);
    }
  }
}
