package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the last stage of a run has to reach; each null where it is not asked for.
 *
 * @param dropToFloat most points of the metric below the float network; negative asks for a gain
 * @param dropToControl the same below the control
 * @param bytes most of model.qat
 * @param microseconds most for a test text
 */
public record AcceptSpec(
    @JsonProperty
        @JsonPropertyDescription(
            "Most points (percent) that the integer model may be below the float network; a"
                + " negative number asks for a gain.")
        @Bounds(min = -100, max = 100)
        Double dropToFloat,
    @JsonProperty
        @JsonPropertyDescription("The same, below the float network trained as long as QAT.")
        @Bounds(min = -100, max = 100)
        Double dropToControl,
    @JsonProperty
        @JsonPropertyDescription("Most that model.qat may take, with vocabulary and labels.")
        ByteSize bytes,
    @JsonProperty
        @JsonPropertyDescription(
            "Most microseconds that a test text may take, as cost.microsPerText of the report says;"
                + " depends on the machine.")
        @Bounds(above = 0, max = 1000000000)
        Double microseconds) {
  public AcceptSpec {
    if (Stream.of(dropToFloat, dropToControl, bytes, microseconds).allMatch(Objects::isNull)) {
      throw new InvalidKeyException(
          "dropToFloat",
          "or dropToControl, bytes or microseconds is missing: nothing is asked for");
    }
  }
}
