package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * How the integer model is compared with the network that it was made from.
 *
 * @param inputs texts of the test set that are run through all engines side by side
 */
public record VerifySpec(
    @JsonProperty(defaultValue = "1000")
        @JsonPropertyDescription("Texts that are run through all engines side by side.")
        @Bounds(min = 1, max = 1000000)
        int inputs) {}
