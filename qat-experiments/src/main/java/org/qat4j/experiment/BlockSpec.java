package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Blocks of a transformer's encoder, one upon another. */
public record BlockSpec(
    @JsonProperty(defaultValue = "2")
        @JsonPropertyDescription("Blocks.")
        @Bounds(min = 1, max = 100)
        int count,
    @JsonProperty(defaultValue = "64")
        @JsonPropertyDescription("Channels of what they read and make.")
        @Bounds(min = 1, max = 2048)
        int dimension,
    @JsonProperty(defaultValue = "4")
        @JsonPropertyDescription("Heads of the attention; they divide the dimension.")
        @Bounds(min = 1, max = 256)
        int heads,
    @JsonProperty(defaultValue = "128")
        @JsonPropertyDescription("Channels within the feed-forward part of a block.")
        @Bounds(min = 1, max = 8192)
        int feedForward) {
  public BlockSpec {
    checkHeads(heads, dimension);
  }

  static void checkHeads(int heads, int dimension) {
    if (dimension % heads != 0) {
      throw new InvalidKeyException(
          "heads", "is " + heads + ", which does not divide the dimension, " + dimension);
    }
  }
}
