package org.qat4j.numerics.internal;

import org.qat4j.numerics.QuantParams;

/**
 * One step of a recurrent layer on integers (16). Network, reference and runtime all compute it
 * here. Immutable, thread-safe.
 */
public final class RecurrentStep {
  private final int units;
  private final float[] inputScales; // s_x·s_W[c], (gates·units)
  private final float[] stateScales; // s_h·s_R[c], (gates·units)
  private final int shift;
  private final int[] gate;
  private final int[] activation;
  private final QuantParams output;

  /**
   * A long short-term memory, gates in the order c, f, o, i.
   *
   * @param inputScales s_x·s_W of each gate and unit
   * @param stateScales s_h·s_R of each gate and unit
   * @param shift k of the cell state's scale 2^−k
   * @param gate {@link GateTable} of f, o and i; null for a layer without gates and cell
   * @param activation {@link GateTable} of c and of the cell state
   * @param output of the state h
   */
  public RecurrentStep(
      float[] inputScales,
      float[] stateScales,
      int shift,
      int[] gate,
      int[] activation,
      QuantParams output) {
    this.units = inputScales.length / (gate == null ? 1 : 4);
    this.inputScales = inputScales.clone();
    this.stateScales = stateScales.clone();
    this.shift = shift;
    this.gate = gate;
    this.activation = activation;
    this.output = output;
  }

  /** Number of values of the state. */
  public int units() {
    return units;
  }

  /**
   * The next state of one sequence.
   *
   * @param accX int32 products of the input with bias, (gates·units) from {@code atX}
   * @param accH int32 products of the state, (gates·units) from {@code atH}
   * @param cell int16 cell state, (units) from {@code atCell}, overwritten; null without a cell
   * @param state becomes q − z of h, (units) from {@code atState}
   */
  public void apply(
      int[] accX, int atX, int[] accH, int atH, int[] cell, int atCell, int[] state, int atState) {
    for (int u = 0; u < units; u++) {
      int c = GateTable.at(activation, sum(accX, atX, accH, atH, u));
      float h;
      if (gate == null) {
        h = (float) c * 0x1p-15f;
      } else {
        int f = GateTable.at(gate, sum(accX, atX, accH, atH, units + u));
        int o = GateTable.at(gate, sum(accX, atX, accH, atH, 2 * units + u));
        int i = GateTable.at(gate, sum(accX, atX, accH, atH, 3 * units + u));
        int next = nextCell(f, cell[atCell + u], i, c);
        cell[atCell + u] = next;
        h = (float) (o * GateTable.at(activation, cellArgument(next))) * 0x1p-30f;
      }
      state[atState + u] = output.quantize(h) - output.zeroPoint();
    }
  }

  /** p of a gate. */
  private int sum(int[] accX, int atX, int[] accH, int atH, int c) {
    float x = (float) accX[atX + c] * inputScales[c];
    float h = (float) accH[atH + c] * stateScales[c];
    return GateTable.argument(x + h);
  }

  /** C′; every number below 2^53 is exact in double, so that it is rounded once. */
  private int nextCell(int f, int cell, int i, int c) {
    double sum = Math.scalb((double) (f * cell), 15 - shift) + (double) (i * c);
    double steps = Math.rint(Math.scalb(sum, shift - 30));
    return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, steps));
  }

  private int cellArgument(int cell) {
    double p = Math.rint(Math.scalb((double) cell, 12 - shift));
    return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, p));
  }

  /**
   * The finest scale 2^−k, 0 ≤ k ≤ 15, at which int16 covers a range.
   *
   * @param reach largest magnitude
   */
  public static int shiftFor(float reach) {
    int shift = 15;
    while (shift > 0 && reach * Math.scalb(1f, shift) > Short.MAX_VALUE) {
      shift--;
    }
    return shift;
  }
}
