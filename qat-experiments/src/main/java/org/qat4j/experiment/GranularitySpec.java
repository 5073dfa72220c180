package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.qat4j.quantizer.Granularity;

/** How many weights share one scale. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = GranularitySpec.Tensor.class, name = "tensor"),
  @JsonSubTypes.Type(value = GranularitySpec.Channel.class, name = "channel"),
  @JsonSubTypes.Type(value = GranularitySpec.Group.class, name = "group")
})
public sealed interface GranularitySpec {
  /** The same in the terms of the library. */
  Granularity toGranularity();

  /** [out, in] → scale [1]. */
  @JsonClassDescription("One scale for all weights of a layer.")
  record Tensor() implements GranularitySpec {
    @Override
    public Granularity toGranularity() {
      return new Granularity.Tensor();
    }
  }

  /** [out, in] → scale [out]. */
  @JsonClassDescription("One scale for each output channel; an embedding has one all the same.")
  record Channel() implements GranularitySpec {
    @Override
    public Granularity toGranularity() {
      return new Granularity.Channel();
    }
  }

  /** [out, in] → scale [out, in / size]. */
  @JsonClassDescription("One scale for so many weights of an output channel.")
  record Group(
      @JsonProperty(defaultValue = "64")
          @JsonPropertyDescription("Weights that share a scale; the last group may be smaller.")
          @Bounds(min = 2, max = 65536)
          int size)
      implements GranularitySpec {

    @Override
    public Granularity toGranularity() {
      return new Granularity.Group(size);
    }
  }
}
