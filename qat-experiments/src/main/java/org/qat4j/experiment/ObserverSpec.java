package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.qat4j.QatException;
import org.qat4j.calibration.RangeRule;

/** How the range of values is chosen that the codes shall cover. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ObserverSpec.MinMax.class, name = "min-max"),
  @JsonSubTypes.Type(value = ObserverSpec.MovingAverage.class, name = "moving-average"),
  @JsonSubTypes.Type(value = ObserverSpec.Percentile.class, name = "percentile"),
  @JsonSubTypes.Type(value = ObserverSpec.Mse.class, name = "mse"),
  @JsonSubTypes.Type(value = ObserverSpec.Kl.class, name = "kl"),
  @JsonSubTypes.Type(value = ObserverSpec.Own.class, name = "own")
})
public sealed interface ObserverSpec {
  /** The same in the terms of the library. */
  RangeRule toRule();

  /** See {@link RangeRule.MinMax}. */
  @JsonClassDescription("From the smallest to the largest value of all: nothing is clipped.")
  record MinMax() implements ObserverSpec {
    @Override
    public RangeRule toRule() {
      return new RangeRule.MinMax();
    }
  }

  /** See {@link RangeRule.MovingAverage}. */
  @JsonClassDescription(
      "Smallest and largest value of each batch, averaged over the batches. For activations only.")
  record MovingAverage(
      @JsonProperty(defaultValue = "" + RangeRule.MovingAverage.USUAL)
          @JsonPropertyDescription("Weight of a new batch.")
          @Bounds(above = 0, max = 1)
          double momentum)
      implements ObserverSpec {

    @Override
    public RangeRule toRule() {
      return new RangeRule.MovingAverage((float) momentum);
    }
  }

  /** See {@link RangeRule.Percentile}. */
  @JsonClassDescription("The values between two percentiles; what lies beyond is clipped.")
  record Percentile(
      @JsonProperty(defaultValue = "99.99")
          @JsonPropertyDescription(
              "Percentage of the values that is kept, half of the rest cut at" + " either end.")
          @Bounds(above = 50, max = 100)
          double percent)
      implements ObserverSpec {

    @Override
    public RangeRule toRule() {
      return new RangeRule.Percentile(percent);
    }
  }

  /** See {@link RangeRule.Mse}. */
  @JsonClassDescription("The range whose codes have the least mean squared error on the values.")
  record Mse() implements ObserverSpec {
    @Override
    public RangeRule toRule() {
      return new RangeRule.Mse();
    }
  }

  /** See {@link RangeRule.Kl}. */
  @JsonClassDescription(
      "The range whose codes keep the most of the values' distribution (Kullback–Leibler).")
  record Kl() implements ObserverSpec {
    @Override
    public RangeRule toRule() {
      return new RangeRule.Kl();
    }
  }

  /** See {@link RangeRule.Own}. */
  @JsonClassDescription("The range that a class of your own gives.")
  record Own(
      @JsonProperty(required = true)
          @JsonPropertyDescription(
              "The class, which implements org.qat4j.calibration.OwnObserver, or its name() where"
                  + " META-INF/services lists it.")
          String by)
      implements ObserverSpec {
    public Own {
      try {
        new RangeRule.Own(by);
      } catch (QatException e) {
        throw new InvalidKeyException("by", "does not work: " + e.getMessage());
      }
    }

    @Override
    public RangeRule toRule() {
      return new RangeRule.Own(by);
    }
  }
}
