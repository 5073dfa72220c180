package org.qat4j.quantizer;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;
import org.qat4j.QatException;

/** How many weights share one scale. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Granularity.Tensor.class, name = "tensor"),
  @JsonSubTypes.Type(value = Granularity.Channel.class, name = "channel"),
  @JsonSubTypes.Type(value = Granularity.Group.class, name = "group")
})
public sealed interface Granularity extends Serializable {

  /** [out, in] → scale [1]. */
  record Tensor() implements Granularity {}

  /**
   * [out, in] → scale [out]. An embedding table has one scale all the same, because its scale is
   * that of an activation (11).
   */
  record Channel() implements Granularity {}

  /**
   * [out, in] → scale [out, in / size], the last group of a row shorter where {@code size} does not
   * divide it. Each is a multiple of the scale of its output channel, or of the table (3a).
   *
   * @param size weights of one output channel that share a scale, ≥ 2
   */
  record Group(int size) implements Granularity {
    public Group {
      if (size < 2) {
        throw new QatException("a group has at least 2 weights, not " + size);
      }
    }
  }
}
