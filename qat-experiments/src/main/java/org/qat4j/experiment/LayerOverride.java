package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.experiment.QuantizeSpec.Activations;
import org.qat4j.experiment.QuantizeSpec.Weights;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.Match;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

/**
 * One exception from how all layers are quantized. What it leaves out stays as it is, by the
 * defaults and by earlier overrides of the same layer.
 */
public record LayerOverride(
    @JsonPropertyDescription("Name of a layer.") String layer,
    @JsonPropertyDescription("Regular expression for whole names of layers.") String pattern,
    @JsonPropertyDescription("Class of layers, for example OutputLayer.") String type,
    @JsonPropertyDescription("Layers that read the network's input, or make its output.")
        Place place,
    @JsonPropertyDescription("What is different for their weights.") WeightsChange weights,
    @JsonPropertyDescription("What is different for their activations.")
        ActivationsChange activations) {

  /** The keys that tell which layers are meant; an override has exactly one of them. */
  static final List<String> SELECTORS = List.of("layer", "pattern", "type", "place");

  /** Where layers stand in a network. */
  public enum Place {
    @JsonProperty("first")
    FIRST,
    @JsonProperty("last")
    LAST
  }

  /** Changes of {@link Weights}. */
  @Overrides(Weights.class)
  public record WeightsChange(
      Integer bits,
      Scheme scheme,
      GranularitySpec granularity,
      Boolean powerOfTwo,
      Boolean fullRange,
      ObserverSpec observer,
      Double clip,
      Integer zeroShift,
      LearnedSpec learned,
      Ste ste) {

    private WeightSpec applyTo(WeightSpec base) {
      return new WeightSpec(
          or(bits, base.bits()),
          or(scheme, base.scheme()),
          or(granularity, GranularitySpec::toGranularity, base.granularity()),
          or(powerOfTwo, base.powerOfTwo()),
          or(fullRange, base.fullRange()),
          or(observer, ObserverSpec::toRule, base.range()),
          adjusted(base.adjust(), clip, zeroShift),
          or(learned, LearnedSpec::toLearned, base.learned()),
          or(ste, base.ste()));
    }
  }

  /** Changes of {@link Activations}. */
  @Overrides(Activations.class)
  public record ActivationsChange(
      Integer bits,
      Scheme scheme,
      Boolean powerOfTwo,
      ObserverSpec observer,
      Double clip,
      Integer zeroShift,
      LearnedSpec learned,
      Ste ste) {

    private ActivationSpec applyTo(ActivationSpec base) {
      return new ActivationSpec(
          or(bits, base.bits()),
          or(scheme, base.scheme()),
          or(powerOfTwo, base.powerOfTwo()),
          or(observer, ObserverSpec::toRule, base.range()),
          adjusted(base.adjust(), clip, zeroShift),
          or(learned, LearnedSpec::toLearned, base.learned()),
          or(ste, base.ste()));
    }
  }

  public LayerOverride {
    if (Stream.of(layer, pattern, type, place).filter(Objects::nonNull).count() != 1) {
      throw new QatException("expected exactly one of the keys " + String.join(", ", SELECTORS));
    }
    if (pattern != null) {
      try {
        new Match.NamePattern(pattern);
      } catch (QatException e) {
        throw new InvalidKeyException("pattern", "does not work: " + e.getMessage());
      }
    }
  }

  QuantSpec.Rule toRule() {
    return new QuantSpec.Rule(match(), this::applyTo);
  }

  Match match() {
    if (layer != null) {
      return new Match.Name(layer);
    } else if (pattern != null) {
      return new Match.NamePattern(pattern);
    } else if (type != null) {
      return new Match.Type(type);
    }
    return place == Place.FIRST ? new Match.First() : new Match.Last();
  }

  /**
   * A layer's specification with these changes.
   *
   * @throws QatException if they do not go together with the rest
   */
  LayerSpec applyTo(LayerSpec spec) {
    return new LayerSpec(
        weights == null ? spec.weights() : weights.applyTo(spec.weights()),
        activations == null ? spec.activations() : activations.applyTo(spec.activations()));
  }

  /** The key that tells which layers are meant. */
  String selector() {
    return layer != null ? "layer" : pattern != null ? "pattern" : type != null ? "type" : "place";
  }

  /** What is wrong where no layer is meant; goes on from the name of the key. */
  String noMatch(List<LayerInfo> layers) {
    String value = Stream.of(layer, pattern, type).filter(Objects::nonNull).findFirst().orElse("");
    Collection<String> known =
        layers.stream()
            .map(type == null ? LayerInfo::name : LayerInfo::type)
            .collect(Collectors.toCollection(TreeSet::new));
    return "is \""
        + value
        + "\", which no layer matches; expected "
        + Section.or(known)
        + Nearest.question(value, known);
  }

  private static Adjustment adjusted(Adjustment base, Double clip, Integer zeroShift) {
    return new Adjustment(
        clip == null ? base.clip() : clip.floatValue(), or(zeroShift, base.zeroShift()));
  }

  private static <T> T or(T change, T base) {
    return change == null ? base : change;
  }

  private static <S, T> T or(S change, Function<S, T> convert, T base) {
    return change == null ? base : convert.apply(change);
  }
}
