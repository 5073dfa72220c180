package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.experiment.QuantizeSpec.Activations;
import org.qat4j.experiment.QuantizeSpec.Granularity;
import org.qat4j.experiment.QuantizeSpec.Observer;
import org.qat4j.experiment.QuantizeSpec.Scheme;
import org.qat4j.experiment.QuantizeSpec.Weights;
import org.qat4j.qat.Match;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.WeightSpec;

/**
 * One exception from how all layers are quantized. What it leaves out stays as it is, by the
 * defaults and by earlier overrides of the same layer.
 *
 * @param layer name of a layer; exactly one of this and the next two is given
 * @param pattern regular expression for whole names of layers
 * @param type simple name of a layer class of DL4J
 * @param weights changes, or null
 * @param activations changes, or null
 */
public record LayerOverride(
    @JsonPropertyDescription("Name of a layer.") String layer,
    @JsonPropertyDescription("Regular expression for whole names of layers.") String pattern,
    @JsonPropertyDescription("Class of layers, for example OutputLayer.") String type,
    @JsonPropertyDescription("What is different for their weights.") WeightsChange weights,
    @JsonPropertyDescription("What is different for their activations.")
        ActivationsChange activations) {

  /** Changes of {@link Weights}. */
  @Overrides(Weights.class)
  public record WeightsChange(Integer bits, Granularity granularity) {
    public WeightsChange {
      Section.check(WeightsChange.class, bits, granularity);
    }

    private WeightSpec applyTo(WeightSpec spec) {
      WeightSpec changed = bits == null ? spec : spec.withBits(bits);
      return granularity == null ? changed : changed.withGranularity(granularity.toSpec());
    }
  }

  /** Changes of {@link Activations}. */
  @Overrides(Activations.class)
  public record ActivationsChange(Integer bits, Scheme scheme, Observer observer) {
    public ActivationsChange {
      Section.check(ActivationsChange.class, bits, scheme, observer);
    }

    private ActivationSpec applyTo(ActivationSpec spec) {
      ActivationSpec changed = bits == null ? spec : spec.withBits(bits);
      changed = scheme == null ? changed : changed.withScheme(scheme.toSpec());
      return observer == null ? changed : changed.withRange(observer.toSpec());
    }
  }

  public LayerOverride {
    if (Stream.of(layer, pattern, type).filter(Objects::nonNull).count() != 1) {
      throw new QatException("expected exactly one of layer, pattern and type");
    }
    if (pattern != null) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw new InvalidKeyException("pattern", "is no regular expression: " + e.getDescription());
      }
    }
  }

  /** The key that tells which layers are meant. */
  String by() {
    return layer != null ? "layer" : pattern != null ? "pattern" : "type";
  }

  /**
   * Whether a layer is meant.
   *
   * @param layerType simple name of its class
   */
  boolean matches(String layerName, String layerType) {
    return layer != null
        ? layer.equals(layerName)
        : pattern != null ? Pattern.matches(pattern, layerName) : type.equals(layerType);
  }

  /**
   * What is wrong where no layer is meant; goes on from the name of the key.
   *
   * @param layers class names by layer name
   */
  String noMatch(Map<String, String> layers) {
    String value = layer != null ? layer : pattern != null ? pattern : type;
    Collection<String> known = new TreeSet<>(type == null ? layers.keySet() : layers.values());
    return "is \""
        + value
        + "\", which no layer matches; expected "
        + Section.or(known)
        + Nearest.question(value, known);
  }

  QuantSpec.Rule toRule() {
    Match match =
        layer != null
            ? new Match.Name(layer)
            : pattern != null ? new Match.NamePattern(pattern) : new Match.Type(type);
    return new QuantSpec.Rule(match, this::change);
  }

  private LayerSpec change(LayerSpec spec) {
    return new LayerSpec(
        weights == null ? spec.weights() : weights.applyTo(spec.weights()),
        activations == null ? spec.activations() : activations.applyTo(spec.activations()));
  }
}
