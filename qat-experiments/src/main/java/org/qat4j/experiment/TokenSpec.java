package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * What a tagger knows of each token: the word, its form and, where the data have a predicate, that
 * and the distance to it; an embedding of each, side by side.
 */
public record TokenSpec(
    @JsonProperty(defaultValue = "20000")
        @JsonPropertyDescription("Words kept.")
        @Bounds(min = 1, max = 1000000)
        int vocabulary,
    @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
        boolean lowerCase,
    @JsonProperty(defaultValue = "2")
        @JsonPropertyDescription("Rarer words are unknown.")
        @Bounds(min = 1, max = 1000000)
        int minCount,
    @JsonProperty(defaultValue = "64")
        @JsonPropertyDescription("Length of a word's embedding, also of the predicate's.")
        @Bounds(min = 1, max = 4096)
        int dimension,
    @JsonProperty(defaultValue = "3")
        @JsonPropertyDescription("Characters at the end of a token that are its form.")
        @Bounds(min = 1, max = 100)
        int formCharacters,
    @JsonProperty(defaultValue = "4000")
        @JsonPropertyDescription("Different forms.")
        @Bounds(min = 1, max = 16777215)
        int forms,
    @JsonProperty(defaultValue = "32")
        @JsonPropertyDescription("Length of a form's embedding.")
        @Bounds(min = 1, max = 4096)
        int formDimension,
    @JsonProperty(defaultValue = "15")
        @JsonPropertyDescription("Distances to the predicate beyond it are the same.")
        @Bounds(min = 1, max = 100000)
        int reach,
    @JsonProperty(defaultValue = "16")
        @JsonPropertyDescription("Length of a distance's embedding.")
        @Bounds(min = 1, max = 4096)
        int reachDimension) {}
