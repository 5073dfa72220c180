package org.qat4j.layers.internal.quantizing;

import java.io.Serializable;
import java.util.Comparator;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * A reference to a quantizer: the scale with which a value is quantized may belong to the layer
 * that reads it, so that branches which meet share one scale and are rounded once. In JSON it is
 * "layer/slot", for example {@code "out/INPUT"}.
 *
 * @param layer name of the quantized layer
 * @param slot where in it; null where no quantizer has the values
 */
public record Ref(String layer, Slot slot) implements Serializable, Comparable<Ref> {
  private static final Comparator<Ref> BY_NAME = Comparator.comparing(Ref::toString);

  /** Reads what {@link #toString} gives; names of layers may have slashes. */
  @JsonCreator
  public static Ref of(String text) {
    int slash = text.lastIndexOf('/');
    return new Ref(text.substring(0, slash), Slot.valueOf(text.substring(slash + 1)));
  }

  @Override
  public int compareTo(Ref other) {
    return BY_NAME.compare(this, other);
  }

  @JsonValue
  @Override
  public String toString() {
    return layer + "/" + slot;
  }
}
