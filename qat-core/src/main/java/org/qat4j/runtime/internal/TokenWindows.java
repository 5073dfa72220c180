package org.qat4j.runtime.internal;

/**
 * The rows whose sums are the accumulators of a convolution over embedded tokens.
 *
 * @param input index of the tokens in the sample
 * @param rowsSlot room for one entry per position and tap
 * @param scratchSlot room for one embedding
 */
record TokenWindows(int input, TokenTable table, Window window, int rowsSlot, int scratchSlot) {
  static TokenWindows of(int input, TokenTable table, Window window, Layout layout) {
    return new TokenWindows(
        input,
        table,
        window,
        layout.rows(window.positions() * window.taps()),
        layout.ints(table.dim()));
  }

  /** Finds the rows of all positions, tap by tap. */
  int[][] all(Workspace w) {
    int[][] rows = w.rows[rowsSlot];
    for (int p = 0; p < window.positions(); p++) {
      find(w, p, rows, p * window.taps());
    }
    return rows;
  }

  /**
   * Finds the rows of the positions [from, to) and leaves out each that equals the one before it,
   * as in the padding behind a text: it changes no maximum. Returns how many positions are left.
   */
  int distinct(Workspace w, int from, int to) {
    int[][] rows = w.rows[rowsSlot];
    int taps = window.taps();
    int n = 0;
    for (int p = from; p < to; p++) {
      find(w, p, rows, n * taps);
      if (n == 0 || differs(rows, n * taps, taps)) {
        n++;
      }
    }
    return n;
  }

  private void find(Workspace w, int position, int[][] rows, int at) {
    int[] ids = w.sample.tokens(input);
    int[] scratch = w.ints[scratchSlot];
    for (int k = 0; k < window.taps(); k++) {
      int step = window.step(position, k);
      boolean padded = step < 0 || step >= window.steps();
      rows[at + k] =
          padded ? table.zeroRow() : table.row(ids[step], k, w, rowsSlot, at + k, scratch);
    }
  }

  private static boolean differs(int[][] rows, int at, int taps) {
    for (int i = at; i < at + taps; i++) {
      if (rows[i] != rows[i - taps]) {
        return true;
      }
    }
    return false;
  }
}
