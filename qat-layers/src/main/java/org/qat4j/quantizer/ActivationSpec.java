package org.qat4j.quantizer;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.RangeRule;
import org.qat4j.numerics.QuantParams;

/**
 * How the activations that a layer reads and makes become integers (4): one scale per tensor.
 *
 * @param bits 2 to 16; more than 8 where a layer can: what a product reads has {@link
 *     #MOST_OF_PRODUCT} at most, what most other layers read 8
 * @param scheme symmetric activations have the narrow range
 * @param powerOfTwo whether scales are powers of two
 * @param range how the range is chosen from the batches that are observed
 * @param adjust change of what {@code range} gives; a shift of the zero point needs asymmetric
 *     activations
 * @param learned none, LSQ, LSQ+ or PACT
 * @param ste gradient of the rounding
 */
public record ActivationSpec(
    int bits,
    Scheme scheme,
    boolean powerOfTwo,
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @JsonSubTypes({
          @JsonSubTypes.Type(value = RangeRule.MinMax.class, name = "min-max"),
          @JsonSubTypes.Type(value = RangeRule.MovingAverage.class, name = "moving-average"),
          @JsonSubTypes.Type(value = RangeRule.Percentile.class, name = "percentile"),
          @JsonSubTypes.Type(value = RangeRule.Mse.class, name = "mse"),
          @JsonSubTypes.Type(value = RangeRule.Kl.class, name = "kl"),
          @JsonSubTypes.Type(value = RangeRule.Own.class, name = "own")
        })
        RangeRule range,
    Adjustment adjust,
    Learned learned,
    Ste ste)
    implements Serializable {
  /** Bits of any activation at most. */
  public static final int MOST = 16;

  /**
   * Bits of what a product reads at most, and of what a function is looked up for: so many fit in
   * its accumulators with 4,128 weights of 8 bits to a channel (6).
   */
  public static final int MOST_OF_PRODUCT = 12;

  public ActivationSpec {
    if (bits < 2 || bits > MOST) {
      throw new QatException("activations have 2 to " + MOST + " bits, not " + bits);
    }
    if (scheme == Scheme.SYMMETRIC && adjust.zeroShift() != 0) {
      throw new QatException(
          "symmetric activations have the zero point 0, which zeroShift cannot move; make them"
              + " asymmetric, or leave zeroShift out");
    }
    if (learned instanceof Learned.LsqPlus && scheme == Scheme.SYMMETRIC) {
      throw new QatException(
          "LSQ+ learns a zero point, which symmetric activations do not have; use LSQ, or make"
              + " them asymmetric");
    }
    if (!(learned instanceof Learned.None) && powerOfTwo) {
      throw new QatException(
          "a learned scale cannot be a power of two, because it moves in small steps; use one of"
              + " the two");
    }
  }

  /** Asymmetric activations, ranges averaged over the batches. */
  public static ActivationSpec of(int bits) {
    return new ActivationSpec(
        bits,
        Scheme.ASYMMETRIC,
        false,
        new RangeRule.MovingAverage(RangeRule.MovingAverage.USUAL),
        Adjustment.NONE,
        new Learned.None(),
        Ste.CLIPPED);
  }

  public ActivationSpec withBits(int value) {
    return new ActivationSpec(value, scheme, powerOfTwo, range, adjust, learned, ste);
  }

  public ActivationSpec withScheme(Scheme value) {
    return new ActivationSpec(bits, value, powerOfTwo, range, adjust, learned, ste);
  }

  public ActivationSpec withPowerOfTwo(boolean value) {
    return new ActivationSpec(bits, scheme, value, range, adjust, learned, ste);
  }

  public ActivationSpec withRange(RangeRule value) {
    return new ActivationSpec(bits, scheme, powerOfTwo, value, adjust, learned, ste);
  }

  public ActivationSpec withAdjust(Adjustment value) {
    return new ActivationSpec(bits, scheme, powerOfTwo, range, value, learned, ste);
  }

  public ActivationSpec withLearned(Learned value) {
    return new ActivationSpec(bits, scheme, powerOfTwo, range, adjust, value, ste);
  }

  public ActivationSpec withSte(Ste value) {
    return new ActivationSpec(bits, scheme, powerOfTwo, range, adjust, learned, value);
  }

  /** The grids of this scheme with a number of bits, which training may have raised. */
  public Grids grids(int withBits) {
    return scheme == Scheme.SYMMETRIC
        ? (lo, hi) -> QuantParams.symmetric(lo, hi, withBits, false, powerOfTwo)
        : (lo, hi) -> QuantParams.asymmetric(lo, hi, withBits, powerOfTwo);
  }

  /** Scale and zero point for a range that {@link #range} gave. */
  public QuantParams params(float lo, float hi, int withBits) {
    return adjust.apply(grids(withBits).covering(lo, hi), powerOfTwo);
  }
}
