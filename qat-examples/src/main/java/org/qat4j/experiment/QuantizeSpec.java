package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.qat4j.calibration.RangeRule;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.WeightSpec;

/**
 * How the network is quantized and trained further.
 *
 * @param weights of every layer that no override names, embeddings included
 * @param activations likewise
 * @param overrides of single layers, in order; the later wins
 * @param calibrationBatches training batches that set the first ranges
 * @param qat training under quantization
 */
public record QuantizeSpec(
    @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("Weights and embeddings.")
        Weights weights,
    @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("Activations.")
        Activations activations,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription(
            "Exceptions by layer name, name pattern or type; the later wins, key by key.")
        List<LayerOverride> overrides,
    @JsonProperty(defaultValue = "32")
        @JsonPropertyDescription("Training batches that set the first ranges.")
        @Range(min = 1, max = 1000000)
        int calibrationBatches,
    @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("Training under quantization.")
        Qat qat) {
  /** Weight of a new batch in the moving average of ranges. */
  static final float MOMENTUM = 0.05f;

  public QuantizeSpec {
    Section.check(QuantizeSpec.class, weights, activations, overrides, calibrationBatches, qat);
    overrides = List.copyOf(overrides);
  }

  /**
   * The same in the terms of the library.
   *
   * @param totalSteps steps of the training under quantization, > 0
   */
  public QuantSpec toQuantSpec(long totalSteps) {
    List<QuantSpec.Rule> rules = overrides.stream().map(LayerOverride::toRule).toList();
    return new QuantSpec(
        new LayerSpec(weights.toSpec(), activations.toSpec()),
        rules,
        org.qat4j.quantizer.Schedule.of(
            qat.fakeQuantFrom.toSteps(totalSteps), qat.freezeObserversAfter.toSteps(totalSteps)));
  }

  /** Weights of a layer. */
  public record Weights(
      @JsonProperty(defaultValue = "8")
          @JsonPropertyDescription("2 to 8; 2 is ternary.")
          @Range(min = 2, max = 8)
          int bits,
      @JsonProperty(defaultValue = "channel")
          @JsonPropertyDescription("One scale per output channel, or one per tensor.")
          Granularity granularity) {
    public Weights {
      Section.check(Weights.class, bits, granularity);
    }

    WeightSpec toSpec() {
      return WeightSpec.of(bits).withGranularity(granularity.toSpec());
    }
  }

  /** How many values share one scale. */
  public enum Granularity {
    @JsonProperty("tensor")
    TENSOR,
    @JsonProperty("channel")
    CHANNEL;

    org.qat4j.quantizer.Granularity toSpec() {
      return this == CHANNEL
          ? new org.qat4j.quantizer.Granularity.Channel()
          : new org.qat4j.quantizer.Granularity.Tensor();
    }
  }

  /** Activations of a layer. */
  public record Activations(
      @JsonProperty(defaultValue = "8") @JsonPropertyDescription("2 to 8.") @Range(min = 2, max = 8)
          int bits,
      @JsonProperty(defaultValue = "asymmetric")
          @JsonPropertyDescription("Whether the zero point is free or 0.")
          Scheme scheme,
      @JsonProperty(defaultValue = "moving-average")
          @JsonPropertyDescription("How the range is found.")
          Observer observer) {
    public Activations {
      Section.check(Activations.class, bits, scheme, observer);
    }

    ActivationSpec toSpec() {
      return ActivationSpec.of(bits).withScheme(scheme.toSpec()).withRange(observer.toSpec());
    }
  }

  /** Whether real 0 has a code of its own choosing. */
  public enum Scheme {
    @JsonProperty("symmetric")
    SYMMETRIC,
    @JsonProperty("asymmetric")
    ASYMMETRIC;

    org.qat4j.quantizer.Scheme toSpec() {
      return org.qat4j.quantizer.Scheme.valueOf(name());
    }
  }

  /** How the range of activations is found. */
  public enum Observer {
    @JsonProperty("min-max")
    MIN_MAX,
    @JsonProperty("moving-average")
    MOVING_AVERAGE;

    RangeRule toSpec() {
      return this == MIN_MAX ? new RangeRule.MinMax() : new RangeRule.MovingAverage(MOMENTUM);
    }
  }

  /**
   * Training under quantization.
   *
   * @param epochs passes; 0 leaves post-training quantization alone
   * @param learningRate of Adam at the first step
   * @param schedule of the learning rate
   * @param fakeQuantFrom until then the network only observes
   * @param freezeObserversAfter from then on ranges stay as they are
   */
  public record Qat(
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Passes; 0 leaves post-training quantization alone.")
          @Range(min = 0, max = 10000)
          int epochs,
      @JsonProperty(defaultValue = "0.0005")
          @JsonPropertyDescription("Learning rate of Adam.")
          @Range(above = 0, max = 10)
          double learningRate,
      @JsonProperty(defaultValue = "linear")
          @JsonPropertyDescription("How the learning rate falls.")
          TrainSpec.Schedule schedule,
      @JsonProperty(defaultValue = "0%")
          @JsonPropertyDescription("Until then the network only observes.")
          Moment fakeQuantFrom,
      @JsonProperty(defaultValue = "50%")
          @JsonPropertyDescription("From then on ranges stay as they are.")
          Moment freezeObserversAfter) {
    public Qat {
      Section.check(Qat.class, epochs, learningRate, schedule, fakeQuantFrom, freezeObserversAfter);
    }
  }
}
