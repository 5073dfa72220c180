package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.tune.search.Distribution;

/** The values that a search may give a key. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DistributionSpec.Uniform.class, name = "uniform"),
  @JsonSubTypes.Type(value = DistributionSpec.LogUniform.class, name = "log-uniform"),
  @JsonSubTypes.Type(value = DistributionSpec.Int.class, name = "int"),
  @JsonSubTypes.Type(value = DistributionSpec.Categorical.class, name = "categorical")
})
public sealed interface DistributionSpec {
  /** The same in the terms of the library. */
  Distribution toDistribution();

  /** See {@link Distribution.Uniform}. */
  @JsonClassDescription("Numbers of a range, all equally likely.")
  record Uniform(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Smallest value.")
          @Bounds(min = -1e6, max = 1e6)
          double min,
      @JsonProperty(required = true)
          @JsonPropertyDescription("Largest value.")
          @Bounds(min = -1e6, max = 1e6)
          double max)
      implements DistributionSpec {
    public Uniform {
      checkMax(() -> new Distribution.Uniform(min, max));
    }

    @Override
    public Distribution toDistribution() {
      return new Distribution.Uniform(min, max);
    }
  }

  /** See {@link Distribution.LogUniform}. */
  @JsonClassDescription("Numbers of a range above 0 whose logarithms are equally likely.")
  record LogUniform(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Smallest value.")
          @Bounds(above = 0, max = 1e6)
          double min,
      @JsonProperty(required = true)
          @JsonPropertyDescription("Largest value.")
          @Bounds(above = 0, max = 1e6)
          double max)
      implements DistributionSpec {
    public LogUniform {
      checkMax(() -> new Distribution.LogUniform(min, max));
    }

    @Override
    public Distribution toDistribution() {
      return new Distribution.LogUniform(min, max);
    }
  }

  /** See {@link Distribution.Ints}. */
  @JsonClassDescription("Whole numbers of a range, all equally likely.")
  record Int(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Smallest value.")
          @Bounds(min = -1000000, max = 1000000)
          int min,
      @JsonProperty(required = true)
          @JsonPropertyDescription("Largest value.")
          @Bounds(min = -1000000, max = 1000000)
          int max)
      implements DistributionSpec {
    public Int {
      checkMax(() -> new Distribution.Ints(min, max));
    }

    @Override
    public Distribution toDistribution() {
      return new Distribution.Ints(min, max);
    }
  }

  /** See {@link Distribution.Categorical}. */
  @JsonClassDescription("One of some values, all equally likely.")
  record Categorical(
      @JsonProperty(required = true) @JsonPropertyDescription("The values; numbers in quotes.")
          List<String> of)
      implements DistributionSpec {
    public Categorical {
      of = List.copyOf(of);
      try {
        new Distribution.Categorical(of);
      } catch (QatException e) {
        throw new InvalidKeyException("of", "does not work: " + e.getMessage());
      }
    }

    @Override
    public Distribution toDistribution() {
      return new Distribution.Categorical(of);
    }
  }

  private static void checkMax(Runnable make) {
    try {
      make.run();
    } catch (QatException e) {
      throw new InvalidKeyException("max", "does not work: " + e.getMessage());
    }
  }
}
