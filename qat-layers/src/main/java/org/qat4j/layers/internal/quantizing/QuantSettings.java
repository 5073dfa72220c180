package org.qat4j.layers.internal.quantizing;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;

/**
 * How one layer of a network is quantized; part of the layer's configuration and its JSON.
 *
 * @param layer name of the layer in its network
 * @param spec its quantizers
 * @param schedule of the training
 * @param owned places where this layer has a quantizer of its own
 * @param inputRef quantizer that made the codes that this layer reads; null for token ids
 * @param outputRefs quantizer of the codes that this layer makes; several where values that are
 *     combined share one range; none for real logits
 * @param most bits at most of activations in a slot; 8 where nothing is said
 * @param channels number of channels in a slot where each has a scale of its own, a power of two
 *     from the others
 * @param foldRef batch normalization behind this layer that its product takes over; null for none.
 *     In that normalization itself: the product that took it over
 */
public record QuantSettings(
    String layer,
    LayerSpec spec,
    Schedule schedule,
    Set<Slot> owned,
    Ref inputRef,
    List<Ref> outputRefs,
    String foldRef,
    Map<Slot, Integer> most,
    Map<Slot, Integer> channels)
    implements Serializable {

  public QuantSettings {
    owned = Set.copyOf(owned);
    outputRefs = List.copyOf(outputRefs);
    most = most == null ? Map.of() : Map.copyOf(most); // files of older programs have none
    channels = channels == null ? Map.of() : Map.copyOf(channels);
  }

  /** Number of channels in a slot that have scales of their own; 0 where all share one. */
  int channels(Slot slot) {
    return channels.getOrDefault(slot, 0);
  }

  /** Bits of the activations in a slot. */
  public int bits(Slot slot) {
    return Math.min(spec.activations().bits(), most.getOrDefault(slot, Byte.SIZE));
  }

  /** Whether this layer has a quantizer of its own at {@code slot}. */
  public boolean owns(Slot slot) {
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
        other,
        spec,
        schedule,
        owned,
        inputRef == null ? null : moved(inputRef, other),
        outputRefs.stream().map(ref -> moved(ref, other)).toList(),
        foldRef,
        most,
        channels);
  }

  private Ref moved(Ref reference, String other) {
    return reference.layer().equals(layer) ? new Ref(other, reference.slot()) : reference;
  }

  /** The same places with other quantizers. */
  QuantSettings withSpec(LayerSpec value) {
    return new QuantSettings(
        layer, value, schedule, owned, inputRef, outputRefs, foldRef, most, channels);
  }

  /** Whether this layer makes codes, and not real logits. */
  public boolean makesCodes() {
    return !outputRefs.isEmpty();
  }

  /** Names of the layers that share a range with what this one makes; empty if none does. */
  public List<String> joined() {
    return outputRefs.size() < 2 ? List.of() : outputRefs.stream().map(Ref::layer).toList();
  }

  /** The same, but what the layer makes shares its range with what others make. */
  public QuantSettings withSharedOutput(List<Ref> references) {
    LayerSpec observed = spec.withActivations(spec.activations().withLearned(new Learned.None()));
    return new QuantSettings(
        layer, observed, schedule, owned, inputRef, references, foldRef, most, channels);
  }

  /** The same, with a normalization folded. */
  public QuantSettings withFold(String reference) {
    return new QuantSettings(
        layer, spec, schedule, owned, inputRef, outputRefs, reference, most, channels);
  }

  /** The same, but what the layer makes is quantized by a quantizer of another layer. */
  public QuantSettings withForeignOutput(Ref reference) {
    Set<Slot> rest = EnumSet.copyOf(owned);
    rest.remove(Slot.OUTPUT);
    return new QuantSettings(
        layer, spec, schedule, rest, inputRef, List.of(reference), foldRef, most, channels);
  }
}
