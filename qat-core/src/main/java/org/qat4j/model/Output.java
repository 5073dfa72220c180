package org.qat4j.model;

import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/** What becomes of int32 accumulators. */
public sealed interface Output {
  /**
   * Requantized by (7) and clamped to [lo, hi] (8).
   *
   * @param params scale and zero point of the codes
   * @param lo smallest code that occurs: qmin, or the zero point where ReLU is fused
   * @param hi largest code that occurs
   */
  record Codes(QuantParams params, int lo, int hi) implements Output {
    public Codes {
      if (lo < params.qmin() || hi > params.qmax() || lo >= hi) {
        throw new QatException(
            "the clamp [" + lo + ", " + hi + "] does not lie in the codes of " + params);
      }
    }

    /** Without a clamp beyond the range of the codes. */
    public Codes(QuantParams params) {
      this(params, params.qmin(), params.qmax());
    }
  }

  /** float32 logits (12), not requantized. */
  record Real() implements Output {}
}
