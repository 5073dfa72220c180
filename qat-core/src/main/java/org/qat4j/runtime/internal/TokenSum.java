package org.qat4j.runtime.internal;

import java.util.Arrays;

/**
 * The sum of the embeddings of an input's tokens.
 *
 * @param input index of the tokens in the sample
 * @param skipped id that is left out, or −1
 * @param table rows of the embedding
 * @param rowsSlot one entry per step
 * @param accSlot int32 accumulators, (dim)
 */
record TokenSum(
    Kernels kernels, int input, int skipped, TokenTable table, int rowsSlot, int accSlot) {
  /** Fills the accumulators and returns how many tokens there were. */
  int sum(Workspace w) {
    int[][] rows = w.rows[rowsSlot];
    int[] acc = w.ints[accSlot];
    int tokens = 0;
    int n = 0;
    for (int id : w.sample.tokens(input)) {
      if (id != skipped) {
        tokens++;
        rows[n] = table.row(id, 0, w, rowsSlot, n, acc);
        n += rows[n] == table.zeroRow() ? 0 : 1;
      }
    }
    if (n == 0) {
      Arrays.fill(acc, 0);
    } else {
      kernels.sum(rows, 0, n, acc);
    }
    return tokens;
  }
}
