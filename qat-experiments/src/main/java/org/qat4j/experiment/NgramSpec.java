package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** The average of the embeddings of hashed character n-grams, which know parts of unknown words. */
public record NgramSpec(
    @JsonProperty(defaultValue = "3")
        @JsonPropertyDescription("Shortest n-gram.")
        @Bounds(min = 1, max = 16)
        int minN,
    @JsonProperty(defaultValue = "5")
        @JsonPropertyDescription("Longest n-gram.")
        @Bounds(min = 1, max = 16)
        int maxN,
    @JsonProperty(defaultValue = "32768")
        @JsonPropertyDescription("Different n-gram ids.")
        @Bounds(min = 1, max = 16777215)
        int buckets,
    @JsonProperty(defaultValue = "256")
        @JsonPropertyDescription("N-grams per text, the shortest first.")
        @Bounds(min = 1, max = 100000)
        int length,
    @JsonProperty(defaultValue = "32")
        @JsonPropertyDescription("Length of an embedding.")
        @Bounds(min = 1, max = 4096)
        int dimension) {
  public NgramSpec {
    if (minN > maxN) {
      throw new InvalidKeyException("minN", "is " + minN + ", more than maxN, " + maxN);
    }
  }
}
