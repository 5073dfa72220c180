package org.qat4j.layers.internal.quantizing;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;

/**
 * How one layer of a network is quantized; part of the layer's configuration and its JSON.
 *
 * <p>A reference to a quantizer is "layer/slot", for example {@code "out/INPUT"}: the scale with
 * which a value is quantized may belong to the layer that reads it, so that branches which meet
 * share one scale and are rounded once.
 *
 * @param layer name of the layer in its network
 * @param spec its quantizers
 * @param schedule of the training
 * @param owned places where this layer has a quantizer of its own
 * @param inputRef quantizer that made the codes that this layer reads; null for token ids
 * @param outputRef quantizer of the codes that this layer makes; several, separated by {@code " +
 *     "}, where values that are combined share one range; null for real logits
 * @param foldRef batch normalization behind this layer that its product takes over; null for none.
 *     In that normalization itself: the product that took it over
 */
public record QuantSettings(
    String layer,
    LayerSpec spec,
    Schedule schedule,
    Set<Slot> owned,
    String inputRef,
    String outputRef,
    String foldRef)
    implements Serializable {

  private static final String SHARED = " + ";

  public QuantSettings {
    owned = Set.copyOf(owned);
  }

  /** Whether this layer has a quantizer of its own at {@code slot}. */
  boolean owns(Slot slot) {
    return owned.contains(slot);
  }

  /** Whether the layer is an embedding, whose weights are a table that is gathered from. */
  boolean gathers() {
    return inputRef == null;
  }

  /**
   * Whether ranges of activations are trained here. In front of an activation function that is
   * looked up they are observed: there the range only has to reach to where the function is flat.
   */
  boolean learnsActivations() {
    return (owns(Slot.INPUT) || owns(Slot.OUTPUT))
        && !(spec.activations().learned() instanceof Learned.None);
  }

  /** The same for another layer that reads what this one reads. */
  public QuantSettings forLayer(String other) {
    return new QuantSettings(
        other, spec, schedule, owned, moved(inputRef, other), moved(outputRef, other), foldRef);
  }

  private String moved(String reference, String other) {
    return reference != null && reference.startsWith(layer + "/")
        ? other + reference.substring(layer.length())
        : reference;
  }

  /** The same places with other quantizers. */
  QuantSettings withSpec(LayerSpec value) {
    return new QuantSettings(layer, value, schedule, owned, inputRef, outputRef, foldRef);
  }

  /** Quantizers of a reference, of which there are several where they share one range. */
  static List<String> parts(String reference) {
    return List.of(reference.split(Pattern.quote(SHARED), -1));
  }

  /** Names of the layers that share a range with what this one makes; empty if none does. */
  public List<String> joined() {
    List<String> parts = outputRef == null ? List.of() : parts(outputRef);
    return parts.size() < 2
        ? List.of()
        : parts.stream().map(part -> part.substring(0, part.lastIndexOf('/'))).toList();
  }

  /** The same, but what the layer makes shares its range with what others make. */
  public QuantSettings withSharedOutput(List<String> references) {
    LayerSpec observed = spec.withActivations(spec.activations().withLearned(new Learned.None()));
    String all = String.join(SHARED, references);
    return new QuantSettings(layer, observed, schedule, owned, inputRef, all, foldRef);
  }

  /** The same, with a normalization folded. */
  public QuantSettings withFold(String reference) {
    return new QuantSettings(layer, spec, schedule, owned, inputRef, outputRef, reference);
  }

  /** The same, but what the layer makes is quantized by a quantizer of another layer. */
  public QuantSettings withForeignOutput(String reference) {
    Set<Slot> rest = EnumSet.copyOf(owned);
    rest.remove(Slot.OUTPUT);
    return new QuantSettings(layer, spec, schedule, rest, inputRef, reference, foldRef);
  }
}
