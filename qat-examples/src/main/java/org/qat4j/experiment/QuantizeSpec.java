package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/**
 * How the network is quantized and trained further.
 *
 * @param weights of every layer that no override names, embeddings included
 * @param activations likewise
 * @param overrides in order; the later wins
 * @param calibrationBatches training batches that set the first ranges
 * @param qat training under quantization
 */
public record QuantizeSpec(
    @JsonPropertyDescription("Weights and embeddings.") Weights weights,
    @JsonPropertyDescription("Activations.") Activations activations,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription("Exceptions by layer name, name pattern or type; the later wins.")
        List<LayerOverride> overrides,
    @JsonProperty(defaultValue = "32")
        @JsonPropertyDescription("Training batches that set the first ranges.")
        int calibrationBatches,
    @JsonPropertyDescription("Training under quantization.") Qat qat) {
  public QuantizeSpec {
    overrides = List.copyOf(overrides);
  }

  /** Weights of a layer. */
  public record Weights(
      @JsonProperty(defaultValue = "8") @JsonPropertyDescription("2 to 8; 2 is ternary.") int bits,
      @JsonProperty(defaultValue = "channel")
          @JsonPropertyDescription("One scale per output channel, or one per tensor.")
          Granularity granularity) {}

  /** How many values share one scale. */
  public enum Granularity {
    @JsonProperty("tensor")
    TENSOR,
    @JsonProperty("channel")
    CHANNEL
  }

  /** Activations of a layer. */
  public record Activations(
      @JsonProperty(defaultValue = "8") @JsonPropertyDescription("2 to 8.") int bits,
      @JsonProperty(defaultValue = "asymmetric")
          @JsonPropertyDescription("Whether the zero point is free or 0.")
          Scheme scheme,
      @JsonProperty(defaultValue = "moving-average")
          @JsonPropertyDescription("How the range is found.")
          Observer observer) {}

  /** Whether real 0 has a code of its own choosing. */
  public enum Scheme {
    @JsonProperty("symmetric")
    SYMMETRIC,
    @JsonProperty("asymmetric")
    ASYMMETRIC
  }

  /** How the range of activations is found. */
  public enum Observer {
    @JsonProperty("min-max")
    MIN_MAX,
    @JsonProperty("moving-average")
    MOVING_AVERAGE
  }

  /**
   * One exception; exactly one of the first three is given.
   *
   * @param layer name of a layer
   * @param pattern regular expression for names
   * @param type simple name of a DL4J layer class
   * @param weights instead of the default, or null
   * @param activations instead of the default, or null
   */
  public record LayerOverride(
      @JsonPropertyDescription("Name of a layer.") String layer,
      @JsonPropertyDescription("Regular expression for names of layers.") String pattern,
      @JsonPropertyDescription("Class of layers, for example OutputLayer.") String type,
      @JsonPropertyDescription("Weights of these layers.") Weights weights,
      @JsonPropertyDescription("Activations of these layers.") Activations activations) {}

  /**
   * Training under quantization.
   *
   * @param epochs passes; 0 leaves post-training quantization alone
   * @param learningRate of Adam at the first step
   * @param schedule of the learning rate
   * @param fakeQuantFrom share of the steps, 0 to 1, that only observe
   * @param freezeObserversAfter share of the steps after which ranges stay as they are
   */
  public record Qat(
      @JsonProperty(defaultValue = "1") @JsonPropertyDescription("Passes.") int epochs,
      @JsonProperty(defaultValue = "0.0005") @JsonPropertyDescription("Learning rate of Adam.")
          double learningRate,
      @JsonProperty(defaultValue = "linear")
          @JsonPropertyDescription("How the learning rate falls.")
          TrainSpec.Schedule schedule,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Share of the steps that only observe.")
          double fakeQuantFrom,
      @JsonProperty(defaultValue = "0.5")
          @JsonPropertyDescription("Share of the steps after which ranges stay as they are.")
          double freezeObserversAfter) {}
}
