package org.qat4j.calibration;

import java.io.Serializable;
import org.qat4j.QatException;
import org.qat4j.calibration.internal.OwnObservers;

/**
 * How the range [lo, hi] of a quantizer is chosen from the values that it sees. A range always
 * holds 0.
 */
public sealed interface RangeRule extends Serializable {

  /** The smallest and the largest value of all: nothing that was seen is ever clipped. */
  record MinMax() implements RangeRule {}

  /**
   * Smallest and largest value of each batch, averaged over the batches: lo ← lo + momentum·(min −
   * lo). For activations only.
   *
   * @param momentum weight of a new batch, in (0, 1]
   */
  record MovingAverage(float momentum) implements RangeRule {
    /** The usual momentum. */
    public static final float USUAL = 0.05f;

    public MovingAverage {
      if (!(momentum > 0 && momentum <= 1)) {
        throw new QatException(
            "the momentum of a moving average lies in (0, 1], not "
                + momentum
                + "; "
                + USUAL
                + " is usual");
      }
    }
  }

  /**
   * The values between two percentiles; what lies beyond is clipped.
   *
   * @param percent share of the values that is kept, in percent, in (50, 100]; half of the rest is
   *     cut at either end
   */
  record Percentile(double percent) implements RangeRule {
    public Percentile {
      if (!(percent > 50 && percent <= 100)) {
        throw new QatException(
            "a percentile range keeps more than 50 and at most 100 percent of the values, not "
                + percent
                + "; 99.99 is usual");
      }
    }
  }

  /** The range whose codes have the least mean squared error on the values. */
  record Mse() implements RangeRule {}

  /**
   * The range whose codes keep the most of the values' distribution: least Kullback–Leibler
   * divergence between the histograms before and after.
   */
  record Kl() implements RangeRule {}

  /**
   * The range that a class of the user's own gives.
   *
   * @param by name of a class that implements {@link OwnObserver}, or its {@link
   *     OwnObserver#name()} where META-INF/services lists it
   */
  record Own(String by) implements RangeRule {
    /**
     * @throws QatException if there is no such class, or it cannot be made
     */
    public Own {
      OwnObservers.named(by);
    }

    /** The range that a class gives. */
    public static Own of(Class<? extends OwnObserver> type) {
      return new Own(type.getName());
    }
  }
}
