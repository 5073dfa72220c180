package org.qat4j.quantizer;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.RangeRule;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.GroupScales;

/**
 * How the weights of a layer, or the rows of an embedding, become integers (3).
 *
 * @param bits 2 to 8; 2 with the narrow range is ternary
 * @param scheme asymmetric weights have one scale per tensor
 * @param granularity how many weights share one scale
 * @param powerOfTwo whether scales are powers of two
 * @param fullRange codes from −2^(bits−1) on, and not from −(2^(bits−1) − 1) on; asymmetric weights
 *     always have it
 * @param range how the range is chosen, anew in each step; not a moving average
 * @param adjust change of what {@code range} gives; a shift of the zero point needs asymmetric
 *     weights
 * @param learned none or LSQ
 * @param ste gradient of the rounding
 */
public record WeightSpec(
    int bits,
    Scheme scheme,
    Granularity granularity,
    boolean powerOfTwo,
    boolean fullRange,
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @JsonSubTypes({
          @JsonSubTypes.Type(value = RangeRule.MinMax.class, name = "min-max"),
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

  public WeightSpec {
    if (bits < 2 || bits > 8) {
      throw new QatException("weights have 2 to 8 bits, not " + bits);
    }
    if (scheme == Scheme.ASYMMETRIC && !(granularity instanceof Granularity.Tensor)) {
      throw new QatException(
          "asymmetric weights need the granularity \"tensor\", because one zero point serves a"
              + " whole layer (3); use symmetric weights for scales per channel or group");
    }
    if (scheme == Scheme.SYMMETRIC && adjust.zeroShift() != 0) {
      throw new QatException(
          "symmetric weights have the zero point 0, which zeroShift cannot move; make them"
              + " asymmetric, or leave zeroShift out");
    }
    if (range instanceof RangeRule.MovingAverage) {
      throw new QatException(
          "a moving average is for activations: weights are seen whole at every step; use min-max,"
              + " percentile, mse or kl");
    }
    if (learned instanceof Learned.LsqPlus || learned instanceof Learned.Pact) {
      throw new QatException(
          "the range of weights is learned by LSQ; LSQ+ and PACT are for activations");
    }
    if (learned instanceof Learned.Lsq && scheme == Scheme.ASYMMETRIC) {
      throw new QatException("LSQ needs symmetric weights: it learns a scale and no zero point");
    }
    int coarsest = fullRange ? -QuantParams.minCode(bits) : QuantParams.maxCode(bits);
    if (granularity instanceof Granularity.Group
        && GroupScales.most(-coarsest, coarsest, powerOfTwo) == 1) {
      throw new QatException(
          "scales of groups are multiples of that of their channel, and a multiple of the largest "
              + bits
              + "-bit code is no byte (3a); use fewer bits, or the granularity \"channel\"");
    }
    if (learned instanceof Learned.Lsq && powerOfTwo) {
      throw new QatException(
          "a learned scale cannot be a power of two, because it moves in small steps; use one of"
              + " the two");
    }
  }

  /** Symmetric weights, one scale per output channel, from the largest magnitude. */
  public static WeightSpec of(int bits) {
    return new WeightSpec(
        bits,
        Scheme.SYMMETRIC,
        new Granularity.Channel(),
        false,
        false,
        new RangeRule.MinMax(),
        Adjustment.NONE,
        new Learned.None(),
        Ste.CLIPPED);
  }

  public WeightSpec withBits(int value) {
    return new WeightSpec(
        value, scheme, granularity, powerOfTwo, fullRange, range, adjust, learned, ste);
  }

  public WeightSpec withScheme(Scheme value) {
    return new WeightSpec(
        bits, value, granularity, powerOfTwo, fullRange, range, adjust, learned, ste);
  }

  public WeightSpec withGranularity(Granularity value) {
    return new WeightSpec(bits, scheme, value, powerOfTwo, fullRange, range, adjust, learned, ste);
  }

  public WeightSpec withPowerOfTwo(boolean value) {
    return new WeightSpec(bits, scheme, granularity, value, fullRange, range, adjust, learned, ste);
  }

  public WeightSpec withFullRange(boolean value) {
    return new WeightSpec(
        bits, scheme, granularity, powerOfTwo, value, range, adjust, learned, ste);
  }

  public WeightSpec withRange(RangeRule value) {
    return new WeightSpec(
        bits, scheme, granularity, powerOfTwo, fullRange, value, adjust, learned, ste);
  }

  public WeightSpec withAdjust(Adjustment value) {
    return new WeightSpec(
        bits, scheme, granularity, powerOfTwo, fullRange, range, value, learned, ste);
  }

  public WeightSpec withLearned(Learned value) {
    return new WeightSpec(
        bits, scheme, granularity, powerOfTwo, fullRange, range, adjust, value, ste);
  }

  public WeightSpec withSte(Ste value) {
    return new WeightSpec(
        bits, scheme, granularity, powerOfTwo, fullRange, range, adjust, learned, value);
  }

  /** The grids of this scheme with a number of bits, which training may have raised. */
  public Grids grids(int withBits) {
    return scheme == Scheme.ASYMMETRIC
        ? (lo, hi) -> QuantParams.asymmetric(lo, hi, withBits, powerOfTwo)
        : (lo, hi) -> QuantParams.symmetric(lo, hi, withBits, fullRange, powerOfTwo);
  }
}
