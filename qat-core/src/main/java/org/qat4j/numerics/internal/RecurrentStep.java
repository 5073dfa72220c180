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
  private final int argument;
  private final int value;
  private final float argumentSteps; // 2^argument
  private final float valueStep; // of a value, 2^−value, or of a value times a gate
  private final int[] peepholes; // q − z of f, o and i, (3·units), or null
  private final float[] peepholeScales; // 2^−k·s_w of f, o and i
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
    this(inputScales, stateScales, shift, gate, activation, 12, 15, null, null, output);
  }

  /**
   * Any recurrent layer.
   *
   * @param argument the argument of the activation has the scale 2^−argument
   * @param value its values have the scale 2^−value
   * @param peepholes q − z of what is added of the cell to f, o and i, (3·units); null for none
   * @param peepholeScales of these three
   */
  public RecurrentStep(
      float[] inputScales,
      float[] stateScales,
      int shift,
      int[] gate,
      int[] activation,
      int argument,
      int value,
      int[] peepholes,
      float[] peepholeScales,
      QuantParams output) {
    this.units = inputScales.length / (gate == null ? 1 : 4);
    this.inputScales = inputScales.clone();
    this.stateScales = stateScales.clone();
    this.shift = shift;
    this.gate = gate;
    this.activation = activation;
    this.argument = argument;
    this.value = value;
    this.argumentSteps = Math.scalb(1f, argument);
    this.valueStep = Math.scalb(1f, -value - (gate == null ? 0 : 15));
    this.peepholes = peepholes == null ? null : peepholes.clone();
    this.peepholeScales = peepholes == null ? null : peepholeScales.clone();
    for (int g = 0; peepholes != null && g < peepholeScales.length; g++) {
      this.peepholeScales[g] = Math.scalb(peepholeScales[g], -shift);
    }
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
      int c =
          GateTable.at(activation, GateTable.argument(sum(accX, atX, accH, atH, u), argumentSteps));
      float h;
      if (gate == null) {
        h = (float) c * valueStep;
      } else {
        int before = cell[atCell + u];
        int f = gate(sum(accX, atX, accH, atH, units + u), 0, u, before);
        int i = gate(sum(accX, atX, accH, atH, 3 * units + u), 2, u, before);
        int next = nextCell(f, before, i, c);
        cell[atCell + u] = next;
        int o = gate(sum(accX, atX, accH, atH, 2 * units + u), 1, u, next);
        int t = GateTable.at(activation, cellArgument(next));
        h = (float) (o * t) * valueStep;
      }
      state[atState + u] = output.quantize(h) - output.zeroPoint();
    }
  }

  /** a without what is added of the cell. */
  private float sum(int[] accX, int atX, int[] accH, int atH, int c) {
    float x = (float) accX[atX + c] * inputScales[c];
    float h = (float) accH[atH + c] * stateScales[c];
    return x + h;
  }

  /**
   * A gate.
   *
   * @param g which of f, o and i
   * @param cell that it looks at
   */
  private int gate(float sum, int g, int u, int cell) {
    float a = sum;
    if (peepholes != null) {
      a += (float) (cell * peepholes[g * units + u]) * peepholeScales[g];
    }
    return GateTable.at(gate, GateTable.argument(a));
  }

  /** C′; every number below 2^53 is exact in double, so that it is rounded once. */
  private int nextCell(int f, int cell, int i, int c) {
    double sum = Math.scalb((double) (f * cell), value - shift) + (double) (i * c);
    double steps = Math.rint(Math.scalb(sum, shift - 15 - value));
    return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, steps));
  }

  private int cellArgument(int cell) {
    double p = Math.rint(Math.scalb((double) cell, argument - shift));
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
