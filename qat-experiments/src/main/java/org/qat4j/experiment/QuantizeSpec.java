package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.Unsupported;
import org.qat4j.quantizer.WeightSpec;

/** How the network is quantized and trained further. */
public record QuantizeSpec(
    @JsonProperty(defaultValue = "{}")
        @JsonPropertyDescription("Weights, and the tables of embeddings.")
        Weights weights,
    @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("What layers read and hand on.")
        Activations activations,
    @JsonPropertyDescription(
            "Bits of the residual stream where it has more than other activations: what is added"
                + " up, the sums, norms, and as far as they can the layers between. Products read"
                + " 12 at most. Overrides win. 8: as many as the others, but each channel of what"
                + " is added and of the sums in front of norms has a scale of its own.")
        @Bounds(min = 8, max = 16)
        Integer residual,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription(
            "Exceptions by name, name pattern, type or place of a layer; the later wins, key by"
                + " key.")
        List<LayerOverride> overrides,
    @JsonProperty(defaultValue = "refuse")
        @JsonPropertyDescription(
            "Layers that cannot be quantized: the network is refused, or they stay in float, which"
                + " log and report say; there is no integer model then.")
        Unsupported unsupported,
    @JsonProperty(defaultValue = "32")
        @JsonPropertyDescription("Training batches that set the first ranges.")
        @Bounds(min = 1, max = 1000000)
        int calibrationBatches,
    @JsonProperty(defaultValue = "{}")
        @JsonPropertyDescription("What is done without training, before and after calibration.")
        PostTraining postTraining,
    @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("Training under quantization.")
        Qat qat) {
  /** Steps of the training in which percentages are compared; the messages name it. */
  private static final long EXAMPLE_STEPS = 10_000;

  public QuantizeSpec {
    overrides = List.copyOf(overrides);
    check("weights", weights::toSpec);
    check("activations", activations::toSpec);
    check("qat", qat::checkOrder);
  }

  private static void check(String key, Runnable parts) {
    try {
      parts.run();
    } catch (QatException e) {
      throw new InvalidKeyException(key, "does not go together: " + e.getMessage());
    }
  }

  /**
   * The same in the terms of the library. Every training begins with a fresh updater, as that of
   * the control does.
   *
   * @param totalSteps steps of the training under quantization, ≥ 0
   * @throws QatException if the schedule does not fit so many steps
   */
  public QuantSpec toQuantSpec(long totalSteps) {
    return new QuantSpec(
        layerSpec(),
        overrides.stream().map(LayerOverride::toRule).toList(),
        qat.toSchedule(totalSteps),
        unsupported,
        residual == null ? 0 : residual,
        true);
  }

  /** The same without training: what a calibration alone comes to. */
  public QuantSpec toPostTrainingSpec() {
    return new QuantSpec(
        layerSpec(),
        overrides.stream().map(LayerOverride::toRule).toList(),
        Schedule.immediately(),
        unsupported,
        residual == null ? 0 : residual,
        true);
  }

  /** How layers are quantized that no override names. */
  LayerSpec layerSpec() {
    return new LayerSpec(weights.toSpec(), activations.toSpec());
  }

  /** How weights become integers. */
  public record Weights(
      @JsonProperty(defaultValue = "8")
          @JsonPropertyDescription("Bits of a code; 2 is ternary.")
          @Bounds(min = 2, max = 8)
          int bits,
      @JsonProperty(defaultValue = "symmetric")
          @JsonPropertyDescription(
              "Whether the zero point is 0, or free, which needs the granularity tensor.")
          Scheme scheme,
      @JsonProperty(defaultValue = "channel")
          @JsonPropertyDescription("How many weights share one scale.")
          GranularitySpec granularity,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Whether scales are powers of two.")
          boolean powerOfTwo,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription(
              "Codes from −2^(bits−1) on, and not from one more; asymmetric ones always.")
          boolean fullRange,
      @JsonProperty(defaultValue = "min-max")
          @JsonPropertyDescription("How the range is chosen, anew in each step.")
          ObserverSpec observer,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Factor on the scale that the observer gives; below 1 it clips.")
          @Bounds(above = 0, max = 2)
          double clip,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Codes by which the zero point moves; for asymmetric ones.")
          @Bounds(min = -255, max = 255)
          int zeroShift,
      @JsonProperty(defaultValue = "none") @JsonPropertyDescription("Whether scales are trained.")
          LearnedSpec learned,
      @JsonProperty(defaultValue = "clipped")
          @JsonPropertyDescription(
              "Gradient of the rounding: 0 where a value was clipped, 1 everywhere (plain), or the"
                  + " first with stochastic rounding in training.")
          Ste ste) {

    /**
     * The same in the terms of the library.
     *
     * @throws QatException if the values do not go together
     */
    WeightSpec toSpec() {
      return new WeightSpec(
          bits,
          scheme,
          granularity.toGranularity(),
          powerOfTwo,
          fullRange,
          observer.toRule(),
          adjustment(clip, zeroShift, bits),
          learned.toLearned(),
          ste);
    }
  }

  /** How activations become integers: one scale per tensor. */
  public record Activations(
      @JsonProperty(defaultValue = "8")
          @JsonPropertyDescription(
              "Bits of a code; more than 8 for layers of sums, norms and products, which read 12 at"
                  + " most.")
          @Bounds(min = 2, max = 16)
          int bits,
      @JsonProperty(defaultValue = "asymmetric")
          @JsonPropertyDescription("Whether the zero point is 0, or free.")
          Scheme scheme,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Whether scales are powers of two.")
          boolean powerOfTwo,
      @JsonProperty(defaultValue = "moving-average")
          @JsonPropertyDescription("How the range is chosen from the batches that are observed.")
          ObserverSpec observer,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Factor on the scale that the observer gives; below 1 it clips.")
          @Bounds(above = 0, max = 2)
          double clip,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Codes by which the zero point moves; for asymmetric ones.")
          @Bounds(min = -255, max = 255)
          int zeroShift,
      @JsonProperty(defaultValue = "none") @JsonPropertyDescription("Whether ranges are trained.")
          LearnedSpec learned,
      @JsonProperty(defaultValue = "clipped")
          @JsonPropertyDescription("Gradient of the rounding, as for weights.")
          Ste ste) {

    /**
     * The same in the terms of the library.
     *
     * @throws QatException if the values do not go together
     */
    ActivationSpec toSpec() {
      return new ActivationSpec(
          bits,
          scheme,
          powerOfTwo,
          observer.toRule(),
          adjustment(clip, zeroShift, bits),
          learned.toLearned(),
          ste);
    }
  }

  /**
   * Steps that improve quantization without training; what is trained further starts from them.
   * They see the batches of the calibration.
   */
  public record PostTraining(
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription(
              "Before calibration, even out the ranges of channels that one layer makes and others"
                  + " read (Nagel et al., arXiv:1906.04721).")
          boolean equalize,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Before calibration, share of the range of what norms hand to products that moves"
                  + " into the weights of these (SmoothQuant, arXiv:2211.10438); 0 for none, 0.5 is"
                  + " usual.")
          @Bounds(min = 0, max = 1)
          double smooth,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Steps of AdaRound (arXiv:2004.10568), which learns for each weight whether it is"
                  + " rounded up or down; 0 for none, 1000 are plenty.")
          @Bounds(min = 0, max = 100000)
          int adaRoundSteps,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription(
              "Last, add to biases what quantization takes from the means of products"
                  + " (arXiv:1906.04721).")
          boolean correctBiases) {

    /** Whether there is a step. */
    boolean isAsked() {
      return equalize || smooth > 0 || adaRoundSteps > 0 || correctBiases;
    }
  }

  /** Training under quantization. */
  public record Qat(
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Passes; 0 leaves post-training quantization alone.")
          @Bounds(min = 0, max = 10000)
          int epochs,
      @JsonProperty(defaultValue = "0.0005")
          @JsonPropertyDescription("Learning rate of Adam at the first step.")
          @Bounds(above = 0, max = 10)
          double learningRate,
      @JsonProperty(defaultValue = "linear")
          @JsonPropertyDescription("How the learning rate falls.")
          TrainSpec.Schedule schedule,
      @JsonPropertyDescription("A fall of the learning rate beside the schedule's; none if absent.")
          Drop drop,
      @JsonProperty(defaultValue = "0%")
          @JsonPropertyDescription("Until then the network computes in float and only observes.")
          Moment fakeQuantFrom,
      @JsonProperty(defaultValue = "50%")
          @JsonPropertyDescription("From then on ranges stay as they are, or are learned.")
          Moment freezeObserversAfter,
      @JsonPropertyDescription(
              "From then on learned ranges are trained; where absent, as soon as they can be.")
          Moment learnScalesFrom,
      @JsonPropertyDescription(
              "From then on batch normalization keeps its statistics; where absent, never.")
          Moment freezeBatchNormAfter,
      @JsonProperty(defaultValue = "[]")
          @JsonPropertyDescription("Phases with more bits, each later and with fewer bits.")
          List<Phase> phases,
      @JsonPropertyDescription(
              "Whether the float network teaches; where absent, the labels alone do.")
          TeacherSpec distillation) {
    public Qat {
      phases = List.copyOf(phases);
      if (distillation != null && epochs == 0) {
        throw new InvalidKeyException(
            "distillation", "is given, but nothing is trained under quantization: epochs is 0");
      }
    }

    /**
     * When what happens, in steps.
     *
     * @param totalSteps of the training under quantization
     * @throws QatException if the order is impossible or the training ends before the schedule
     */
    Schedule toSchedule(long totalSteps) {
      if (epochs == 0) {
        return Schedule.immediately();
      }
      Schedule steps = inSteps(totalSteps);
      steps.checkEndsWithin(totalSteps);
      return steps;
    }

    private Schedule inSteps(long totalSteps) {
      Schedule steps =
          Schedule.of(fakeQuantFrom.toSteps(totalSteps), freezeObserversAfter.toSteps(totalSteps));
      if (learnScalesFrom != null) {
        steps = steps.withLearnScalesFrom(learnScalesFrom.toSteps(totalSteps));
      }
      if (freezeBatchNormAfter != null) {
        steps = steps.withFreezeBatchNormAfter(freezeBatchNormAfter.toSteps(totalSteps));
      }
      return steps.withWider(phases.stream().map(phase -> phase.toWider(totalSteps)).toList());
    }

    /** Refuses what is impossible in a training of any length. */
    private void checkOrder() {
      Set<Moment.Unit> units =
          Stream.concat(
                  Stream.of(
                      fakeQuantFrom, freezeObserversAfter, learnScalesFrom, freezeBatchNormAfter),
                  phases.stream().map(Phase::until))
              .filter(moment -> moment != null && moment.amount() > 0)
              .map(Moment::unit)
              .collect(Collectors.toSet());
      if (units.equals(Set.of(Moment.Unit.STEPS))) {
        inSteps(0);
      } else if (units.equals(Set.of(Moment.Unit.PERCENT))) {
        toSchedule(EXAMPLE_STEPS);
      }
    }
  }

  /**
   * When the learning rate falls once.
   *
   * @param after steps before
   * @param factor of the rate from then on
   */
  public record Drop(
      @JsonProperty(defaultValue = "70%") @JsonPropertyDescription("When it falls.") Moment after,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share of the learning rate that is left.")
          @Bounds(above = 0, below = 1)
          double factor) {}

  /** More bits for a part of the training. */
  public record Phase(
      @JsonProperty(required = true) @JsonPropertyDescription("End of the phase.") Moment until,
      @JsonProperty(defaultValue = "8")
          @JsonPropertyDescription("Weights have at least so many bits.")
          @Bounds(min = 2, max = 8)
          int weightBits,
      @JsonProperty(defaultValue = "8")
          @JsonPropertyDescription("Activations have at least so many bits.")
          @Bounds(min = 2, max = 8)
          int activationBits) {

    private Schedule.Wider toWider(long totalSteps) {
      return new Schedule.Wider(until.toSteps(totalSteps), weightBits, activationBits);
    }
  }

  /** Checks that a moved zero point leaves codes on both sides of 0. */
  private static Adjustment adjustment(double clip, int zeroShift, int bits) {
    int most = 1 << (bits - 1);
    if (Math.abs(zeroShift) > most) {
      throw new QatException(
          "zeroShift is "
              + zeroShift
              + "; of the "
              + 2 * most
              + " codes of "
              + bits
              + " bits the zero point moves by half at most, from -"
              + most
              + " to "
              + most);
    }
    return new Adjustment((float) clip, zeroShift);
  }
}
