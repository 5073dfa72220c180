package org.qat4j.model;

import org.qat4j.QatException;
import org.qat4j.numerics.internal.GateTable;

/** What a recurrent operation does with the sums of its products (16). */
public sealed interface Cell {
  /** {@link #argument} of functions that are flat beyond 8. */
  int ARGUMENT = 12;

  /** {@link #value} of functions with values in [−1, 1]. */
  int VALUE = 15;

  /** Products of each unit. */
  int gates();

  /** Table of the function that makes what the layer hands on. */
  IntVector activation();

  /** The argument of that function is int16 at the scale 2^−argument, from 0 to 12. */
  int argument();

  /** Its values are int16 at the scale 2^−value, from 0 to 15. */
  int value();

  /** [3, units]: what of the cell is added to the gates f, o and i; null for none. */
  default QuantizedTensor peepholes() {
    return null;
  }

  /**
   * Long short-term memory; gates in the order c, f, o, i.
   *
   * @param shift k: the cell state is int16 at the scale 2^−k, k from 0 to 15
   * @param gate {@link GateTable} of the gates f, o and i
   * @param activation {@link GateTable} of the gate c and of the cell state
   * @param peepholes [3, units], or null
   */
  record Lstm(
      int shift,
      IntVector gate,
      IntVector activation,
      int argument,
      int value,
      QuantizedTensor peepholes)
      implements Cell {
    /** Of a function with values in [−1, 1] that is flat beyond 8, without peepholes. */
    public Lstm(int shift, IntVector gate, IntVector activation) {
      this(shift, gate, activation, ARGUMENT, VALUE, null);
    }

    public Lstm {
      if (shift < 0 || shift > 15) {
        throw new QatException("the scale of a cell state is 2^-0 to 2^-15, not 2^-" + shift);
      }
      check(gate);
      check(activation);
      checkScales(argument, value);
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
  record Simple(IntVector activation, int argument, int value) implements Cell {
    /** Of a function with values in [−1, 1] that is flat beyond 8. */
    public Simple(IntVector activation) {
      this(activation, ARGUMENT, VALUE);
    }

    public Simple {
      check(activation);
      checkScales(argument, value);
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

  private static void checkScales(int argument, int value) {
    if (argument < 0 || argument > ARGUMENT || value < 0 || value > VALUE) {
      throw new QatException(
          "a function is given arguments at 2^-0 to 2^-12 and has values at 2^-0 to 2^-15, not 2^-"
              + argument
              + " and 2^-"
              + value);
    }
  }
}
