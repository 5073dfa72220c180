package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.graph.Match;
import org.qat4j.pruning.PruneRule;
import org.qat4j.pruning.PruneRule.Except;
import org.qat4j.pruning.PruneRule.Pattern;
import org.qat4j.pruning.PruneRule.Scope;
import org.qat4j.pruning.PruningSchedule;

/**
 * What is taken out of the network, and when. The vocabulary comes first, then channels, then
 * weights; each has a training of its own in which the network recovers.
 *
 * @param vocabulary share of the tokens
 * @param channels share of neurons, filters and dimensions of embeddings
 * @param weights share of the weights that become 0
 * @param keepOf in the place of {@code weights}: how many of adjacent weights stay
 * @param scope over what channels and weights are compared
 * @param overrides other shares for some layers
 * @param during when weights are pruned
 * @param epochs of each training before quantization
 * @param learningRate of that training
 * @param schedule of the learning rate
 * @param begin first pruning
 * @param end last pruning
 * @param times prunings from begin to end
 * @param rewindToEpoch the weights go back to this epoch of the first training, or null
 */
public record PruneSpec(
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Share of the tokens that are taken for the unknown one, or left out where unknown ones"
                + " are: those that matter least.")
        @Bounds(min = 0, below = 1)
        double vocabulary,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Share of neurons, filters and dimensions of embeddings that are cut away.")
        @Bounds(min = 0, below = 1)
        double channels,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription("Share of the weights that become 0.")
        @Bounds(min = 0, below = 1)
        double weights,
    @JsonPropertyDescription("In the place of weights: of adjacent weights only some stay.")
        KeepOf keepOf,
    @JsonProperty(defaultValue = "layer")
        @JsonPropertyDescription(
            "Whether each layer loses the same share of channels and weights, or the smallest of"
                + " the network go.")
        Scope scope,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription("Other shares for some layers; the later wins.")
        List<LayerShare> overrides,
    @JsonProperty(defaultValue = "float")
        @JsonPropertyDescription(
            "Whether weights are pruned in float trainings of their own, or while the network is"
                + " trained under quantization.")
        During during,
    @JsonProperty(defaultValue = "2")
        @JsonPropertyDescription("Passes of each float training that prunes.")
        @Bounds(min = 1, max = 10000)
        int epochs,
    @JsonProperty(defaultValue = "0.001")
        @JsonPropertyDescription("Learning rate of Adam at the first step of these trainings.")
        @Bounds(above = 0, max = 10)
        double learningRate,
    @JsonProperty(defaultValue = "linear") @JsonPropertyDescription("How the learning rate falls.")
        TrainSpec.Schedule schedule,
    @JsonProperty(defaultValue = "0%") @JsonPropertyDescription("The first pruning.") Moment begin,
    @JsonProperty(defaultValue = "50%")
        @JsonPropertyDescription("The last pruning; the rest of the training recovers.")
        Moment end,
    @JsonProperty(defaultValue = "10")
        @JsonPropertyDescription(
            "Prunings from begin to end; the share rises fast at first and slower later.")
        @Bounds(min = 1, max = 10000)
        int times,
    @JsonPropertyDescription(
            "Weights that stay go back to what they were after so many passes of the first"
                + " training, and the rest of it is repeated; where absent they do not.")
        @Bounds(min = 0, max = 10000)
        Integer rewindToEpoch) {

  /** When weights are pruned. */
  public enum During {
    /** In a float training, before the network is quantized. */
    @JsonProperty("float")
    FLOAT,
    /** In the training under quantization. */
    @JsonProperty("qat")
    QAT
  }

  /** A pattern of weights. */
  public record KeepOf(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Weights that stay.")
          @Bounds(min = 1, max = 63)
          int keep,
      @JsonProperty(required = true)
          @JsonPropertyDescription("Adjacent weights of a channel of which they stay.")
          @Bounds(min = 2, max = 64)
          int of) {
    public KeepOf {
      if (keep >= of) {
        throw new InvalidKeyException("keep", "is " + keep + " and not less than of, " + of);
      }
    }
  }

  /** Other shares for some layers. */
  public record LayerShare(
      @JsonPropertyDescription("Name of a layer.") String layer,
      @JsonPropertyDescription("Regular expression for whole names of layers.") String pattern,
      @JsonPropertyDescription("Class of layers, for example OutputLayer.") String type,
      @JsonPropertyDescription("Share of its channels; where absent as everywhere.")
          @Bounds(min = 0, below = 1)
          Double channels,
      @JsonPropertyDescription("Share of its weights; where absent as everywhere.")
          @Bounds(min = 0, below = 1)
          Double weights) {
    public LayerShare {
      if (Stream.of(layer, pattern, type).filter(Objects::nonNull).count() != 1) {
        throw new QatException("expected exactly one of the keys layer, pattern, type");
      }
      if (channels == null && weights == null) {
        throw new QatException("changes nothing; give channels or weights");
      }
    }

    private Match match() {
      return layer != null
          ? new Match.Name(layer)
          : pattern != null ? new Match.NamePattern(pattern) : new Match.Type(type);
    }
  }

  public PruneSpec {
    overrides = List.copyOf(overrides);
    boolean ofWeights = weights > 0 || keepOf != null;
    if (weights > 0 && keepOf != null) {
      throw new InvalidKeyException("keepOf", "and weights are given; expected one of the two");
    }
    if (during == During.QAT && (vocabulary > 0 || channels > 0)) {
      throw new InvalidKeyException(
          "during",
          "is qat, but quantizers are made for the channels and tokens that are there: these are"
              + " pruned before; expected float");
    }
    if (rewindToEpoch != null && (during == During.QAT || vocabulary > 0 || channels > 0)) {
      throw new InvalidKeyException(
          "rewindToEpoch",
          "is given, but only a float network whose weights alone are pruned can go back: with other"
              + " shapes, or ranges of quantizers, the old weights do not fit");
    }
    if (rewindToEpoch != null && !ofWeights) {
      throw new InvalidKeyException("rewindToEpoch", "is given, but no weights are pruned");
    }
  }

  /** Whether anything is pruned. */
  boolean prunes() {
    return vocabulary > 0 || channels > 0 || prunesWeights();
  }

  /** Whether weights are pruned before the network is quantized. */
  public boolean prunesFloatWeights() {
    return prunesWeights() && during == During.FLOAT;
  }

  /** Whether weights are pruned while the network is trained under quantization. */
  public boolean prunesQuantizedWeights() {
    return prunesWeights() && during == During.QAT;
  }

  private boolean prunesWeights() {
    return weights > 0 || keepOf != null;
  }

  /** Passes of all float trainings that prune. */
  public int floatEpochs() {
    int trainings =
        (vocabulary > 0 ? 1 : 0) + (channels > 0 ? 1 : 0) + (prunesFloatWeights() ? 1 : 0);
    return trainings * epochs;
  }

  /** Which weights are pruned, in the terms of the library. */
  public PruneRule weightRule() {
    Pattern pattern =
        keepOf == null ? new Pattern.Free() : new Pattern.KeepOf(keepOf.keep(), keepOf.of());
    return new PruneRule(pattern, scope, weights, excepts(LayerShare::weights));
  }

  /** Which channels are pruned, in the terms of the library. */
  public PruneRule channelRule() {
    return new PruneRule(new Pattern.Channel(), scope, channels, excepts(LayerShare::channels));
  }

  private List<Except> excepts(Function<LayerShare, Double> share) {
    return overrides.stream()
        .filter(o -> share.apply(o) != null)
        .map(o -> new Except(o.match(), share.apply(o)))
        .toList();
  }

  /**
   * When it is pruned, in the terms of the library.
   *
   * @param steps of the training
   * @throws QatException if the training is too short
   */
  public PruningSchedule toSchedule(long steps) {
    long last = end.toSteps(steps);
    if (last > steps) {
      throw new QatException(
          "the last pruning, at "
              + end
              + ", comes after the end of the training, at step "
              + steps);
    }
    return new PruningSchedule(begin.toSteps(steps), last, times);
  }
}
