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
   * @param exponents e of each channel, whose codes mean 2^e·s·(q − z); empty for one scale
   */
  record Codes(QuantParams params, int lo, int hi, IntVector exponents) implements Output {
    public Codes {
      if (lo < params.qmin() || hi > params.qmax() || lo >= hi) {
        throw new QatException(
            "the clamp [" + lo + ", " + hi + "] does not lie in the codes of " + params);
      }
      if (exponents.size() > 0 && (lo != params.qmin() || hi != params.qmax())) {
        throw new QatException(
            "the clamp [" + lo + ", " + hi + "] of channels that have scales of their own");
      }
    }

    /** With one scale for all channels. */
    public Codes(QuantParams params, int lo, int hi) {
      this(params, lo, hi, Value.ONE_SCALE);
    }

    /** Without a clamp beyond the range of the codes. */
    public Codes(QuantParams params) {
      this(params, params.qmin(), params.qmax());
    }

    /**
     * The weights of a product with the scales that leave 2^−e of what it makes, so that (7) ends
     * in these codes.
     *
     * @param weights the output channel first
     */
    public QuantizedTensor scaled(QuantizedTensor weights) {
      return exponents.size() == 0 ? weights : weights.divided(exponents);
    }
  }

  /** float32 logits (12), not requantized. */
  record Real() implements Output {}
}
