package org.qat4j.quantizer;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;
import org.qat4j.QatException;

/**
 * Whether a range is trained with the weights. What is learned is the logarithm of the range, so
 * that a scale is positive by construction and its learning rate is relative to the scale. The
 * range starts where the {@link org.qat4j.calibration.RangeRule} put it.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Learned.None.class, name = "none"),
  @JsonSubTypes.Type(value = Learned.Lsq.class, name = "lsq"),
  @JsonSubTypes.Type(value = Learned.LsqPlus.class, name = "lsq+"),
  @JsonSubTypes.Type(value = Learned.Pact.class, name = "pact")
})
public sealed interface Learned extends Serializable {
  /** Learning rate of the ranges as a multiple of that of the layer. */
  float rate();

  /** The range is not trained. */
  record None() implements Learned {
    @Override
    public float rate() {
      return 0;
    }
  }

  /**
   * Learned step size (14): Esser et al., arXiv:1902.08153, equations (1) to (3).
   *
   * @param rate learning rate of the scale as a multiple of that of the layer
   */
  record Lsq(float rate) implements Learned {
    public Lsq {
      check(rate);
    }
  }

  /**
   * Learned step size and zero point (14): Bhalgat et al., arXiv:2004.09576, equations (3) to (6).
   * Asymmetric activations only.
   *
   * @param rate learning rate of both as a multiple of that of the layer
   */
  record LsqPlus(float rate) implements Learned {
    public LsqPlus {
      check(rate);
    }
  }

  /**
   * Learned clipping level: Choi et al., arXiv:1805.06085, equations (1) to (3). Values that cannot
   * be negative are clipped to [0, α], others to [−α, α].
   *
   * @param rate learning rate of α as a multiple of that of the layer
   * @param decay coefficient of the penalty decay·α²/2 that pulls α down, ≥ 0
   */
  record Pact(float rate, float decay) implements Learned {
    public Pact {
      check(rate);
      if (!(decay >= 0) || Float.isInfinite(decay)) {
        throw new QatException("the decay of PACT is finite and not negative, not " + decay);
      }
    }
  }

  private static void check(float rate) {
    if (!(rate > 0) || Float.isInfinite(rate)) {
      throw new QatException(
          "the learning rate of scales is a positive multiple of that of the layer, not " + rate);
    }
  }
}
