package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.qat4j.quantizer.Learned;

/** Whether ranges are trained together with the weights. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = LearnedSpec.None.class, name = "none"),
  @JsonSubTypes.Type(value = LearnedSpec.Lsq.class, name = "lsq"),
  @JsonSubTypes.Type(value = LearnedSpec.LsqPlus.class, name = "lsq+"),
  @JsonSubTypes.Type(value = LearnedSpec.Pact.class, name = "pact")
})
public sealed interface LearnedSpec {
  /** The same in the terms of the library. */
  Learned toLearned();

  /** See {@link Learned.None}. */
  @JsonClassDescription("Ranges are observed and not trained.")
  record None() implements LearnedSpec {
    @Override
    public Learned toLearned() {
      return new Learned.None();
    }
  }

  /** See {@link Learned.Lsq}. */
  @JsonClassDescription("Learned step size (Esser et al., arXiv:1902.08153).")
  record Lsq(
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Learning rate of the scale as a multiple of that of the layer.")
          @Bounds(above = 0, max = 1000)
          double rate)
      implements LearnedSpec {

    @Override
    public Learned toLearned() {
      return new Learned.Lsq((float) rate);
    }
  }

  /** See {@link Learned.LsqPlus}. */
  @JsonClassDescription(
      "Learned step size and zero point (Bhalgat et al., arXiv:2004.09576). For asymmetric"
          + " activations only.")
  record LsqPlus(
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Learning rate of both as a multiple of that of the layer.")
          @Bounds(above = 0, max = 1000)
          double rate)
      implements LearnedSpec {

    @Override
    public Learned toLearned() {
      return new Learned.LsqPlus((float) rate);
    }
  }

  /** See {@link Learned.Pact}. */
  @JsonClassDescription(
      "Learned clipping level (Choi et al., arXiv:1805.06085). For activations only.")
  record Pact(
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Learning rate of the level as a multiple of that of the layer.")
          @Bounds(above = 0, max = 1000)
          double rate,
      @JsonProperty(defaultValue = "0.0001")
          @JsonPropertyDescription("Coefficient of the penalty that pulls the level down.")
          @Bounds(min = 0, max = 1)
          double decay)
      implements LearnedSpec {

    @Override
    public Learned toLearned() {
      return new Learned.Pact((float) rate, (float) decay);
    }
  }
}
