package org.qat4j.layers.internal.quantizing;

import java.util.Map;
import org.qat4j.calibration.Range;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;

/**
 * What a calibration with another specification would have come to.
 *
 * @param settings how ranges become scales and zero points
 * @param ranges for each slot that the layer owns
 * @param weights of each matrix of weights or the table, by its key
 * @param masked whether the layer was given a mask
 */
public record Substitute(
    QuantSettings settings,
    Map<Slot, Range> ranges,
    Map<String, WeightGrid> weights,
    boolean masked) {
  QuantParams params(Slot slot) {
    Range range = ranges.get(slot);
    return params(slot, range.lo(), range.hi());
  }

  /** Of another range. */
  QuantParams params(Slot slot, float lo, float hi) {
    return settings.spec().activations().params(lo, hi, settings.bits(slot));
  }
}
