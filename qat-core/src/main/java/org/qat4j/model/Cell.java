package org.qat4j.model;

import org.qat4j.QatException;
import org.qat4j.numerics.internal.GateTable;

/** What a recurrent operation does with the sums of its products (16). */
public sealed interface Cell {
  /** Products of each unit. */
  int gates();

  /** Table of the function that makes what the layer hands on. */
  IntVector activation();

  /**
   * Long short-term memory; gates in the order c, f, o, i.
   *
   * @param shift k: the cell state is int16 at the scale 2^−k, k from 0 to 15
   * @param gate {@link GateTable} of the gates f, o and i
   * @param activation {@link GateTable} of the gate c and of the cell state
   */
  record Lstm(int shift, IntVector gate, IntVector activation) implements Cell {
    public Lstm {
      if (shift < 0 || shift > 15) {
        throw new QatException("the scale of a cell state is 2^-0 to 2^-15, not 2^-" + shift);
      }
      check(gate);
      check(activation);
    }

    @Override
    public int gates() {
      return 4;
    }
  }

  /**
   * The state is a function of the sum.
   *
   * @param activation {@link GateTable} of the function
   */
  record Simple(IntVector activation) implements Cell {
    public Simple {
      check(activation);
    }

    @Override
    public int gates() {
      return 1;
    }
  }

  /**
   * Checks a {@link GateTable}.
   *
   * @throws QatException if it is none
   */
  static void check(IntVector table) {
    if (table.size() != GateTable.ENTRIES) {
      throw new QatException(
          "a table of a gate has " + GateTable.ENTRIES + " entries, not " + table.size());
    }
    for (int j = 0; j < table.size(); j++) {
      if (table.get(j) != (short) table.get(j)) {
        throw new QatException("entry " + j + " of a table, " + table.get(j) + ", is not a short");
      }
    }
  }
}
