package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.qat4j.QatException;
import org.qat4j.tune.search.Budget;
import org.qat4j.tune.search.Goal;

/** Search of scales, zero points and bits, scored on the integer model. */
public record TuneSpec(
    @JsonProperty(defaultValue = "400")
        @JsonPropertyDescription(
            "Candidates that are tried, each on a part of the validation texts or on all.")
        @Bounds(min = 1, max = 10000000)
        int trials,
    @JsonPropertyDescription("End after so many minutes; the result then depends on the machine.")
        @Bounds(above = 0, max = 100000)
        Double minutes,
    @JsonPropertyDescription("End after so many trials without a gain.")
        @Bounds(min = 1, max = 10000000)
        Integer patience,
    @JsonProperty(defaultValue = "loss")
        @JsonPropertyDescription(
            "What is searched for on the validation texts: the least loss, or the most accuracy or"
                + " agreement with the float network.")
        Goal.Objective objective,
    @JsonPropertyDescription("The model may have so many kilobytes, text encoders apart.")
        @Bounds(above = 0, max = 1e9)
        Double maxKilobytes,
    @JsonPropertyDescription("Weights may have so many bits in the mean.") @Bounds(min = 2, max = 8)
        Double maxBits,
    @JsonPropertyDescription(
            "A text may take so many microseconds; the result then depends on the machine.")
        @Bounds(above = 0, max = 1e9)
        Double maxMicros,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription(
            "Bits that the weights of each layer may have (mixed precision); none leaves them.")
        @Bounds(min = 2, max = 8)
        List<Integer> bits,
    @JsonProperty(defaultValue = "[4, 2]")
        @JsonPropertyDescription(
            "Bits to which one layer at a time is brought to see how sensitive it is.")
        @Bounds(min = 2, max = 8)
        List<Integer> sensitivity,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription(
            "What may be chosen; where empty, observer and clip of all weights and activations and"
                + " the zero points of activations, layer by layer.")
        List<Dimension> space,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Training steps under quantization before a candidate is scored; 0 searches alone.")
        @Bounds(min = 0, max = 1000000)
        int qatSteps,
    @JsonProperty(defaultValue = "local") @JsonPropertyDescription("Where trials run.")
        ExecutorSpec executor) {

  public TuneSpec {
    bits = List.copyOf(bits);
    sensitivity = List.copyOf(sensitivity);
    space = List.copyOf(space);
    if (qatSteps == 0 && space.stream().anyMatch(d -> d.key().startsWith(Dimension.QAT + "."))) {
      throw new InvalidKeyException(
          "space",
          "has keys of qat, which matter in a training alone; set qatSteps to train candidates");
    }
  }

  /** The same, whose trials run here. */
  TuneSpec anywhere() {
    return new TuneSpec(
        trials,
        minutes,
        patience,
        objective,
        maxKilobytes,
        maxBits,
        maxMicros,
        bits,
        sensitivity,
        space,
        qatSteps,
        new ExecutorSpec.Local(0));
  }

  /** When the search ends. */
  public Budget budget() {
    return new Budget(
        trials,
        minutes == null ? Double.POSITIVE_INFINITY : minutes,
        patience == null ? Integer.MAX_VALUE : patience);
  }

  /** What the search looks for. */
  public Goal goal() {
    double none = Double.POSITIVE_INFINITY;
    return new Goal(
        objective,
        maxKilobytes == null ? none : 1000 * maxKilobytes,
        maxBits == null ? none : maxBits,
        maxMicros == null ? none : maxMicros);
  }

  /** A key that may be chosen, for each of some layers or for them together. */
  public record Dimension(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Key of quantize, such as weights.clip or qat.learningRate.")
          String key,
      @JsonPropertyDescription(
              "Regular expression of layers, of which each has a value of its own.")
          String each,
      @JsonPropertyDescription("Regular expression of layers that have one value together.")
          String group,
      @JsonProperty(required = true) @JsonPropertyDescription("The values.")
          DistributionSpec values,
      @JsonPropertyDescription("Has a meaning only where another key was chosen so.") When when) {
    static final String QAT = "qat";

    public Dimension {
      if (each != null && group != null) {
        throw new QatException("expected at most one of the keys each, group");
      }
      checkPattern("each", each);
      checkPattern("group", group);
      checkKey(key);
      if (key.startsWith(QAT + ".") && (each != null || group != null)) {
        throw new InvalidKeyException(
            "key", "is \"" + key + "\", which all layers share; leave each and group out");
      }
    }

    private static void checkPattern(String name, String regex) {
      try {
        Pattern.compile(regex == null ? "" : regex);
      } catch (PatternSyntaxException e) {
        throw new InvalidKeyException(name, "is no regular expression: " + e.getDescription());
      }
    }
  }

  /** The choice that another one depends on. */
  public record When(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Key that stands before in the space, for the same layers.")
          String key,
      @JsonProperty(required = true) @JsonPropertyDescription("Its values.") List<String> is) {
    public When {
      checkKey(key);
      is = List.copyOf(is);
      if (is.isEmpty()) {
        throw new InvalidKeyException("is", "is empty; expected at least one value");
      }
    }
  }

  private static void checkKey(String key) {
    Set<String> known = keys();
    List<String> parts = List.of(key.split("\\.", -1));
    String start = String.join(".", parts.subList(0, Math.min(2, parts.size())));
    if (!known.contains(start) || parts.contains("")) {
      throw new InvalidKeyException(
          "key",
          "is \""
              + key
              + "\"; expected a key of quantize, one of "
              + String.join(", ", known)
              + Nearest.question(key, known));
    }
  }

  private static Set<String> keys() {
    List<Section> sections =
        List.of(
            Section.of(LayerOverride.WeightsChange.class),
            Section.of(LayerOverride.ActivationsChange.class),
            Section.of(QuantizeSpec.Qat.class));
    List<String> names = List.of("weights.", "activations.", Dimension.QAT + ".");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      sections.get(i).keys().forEach(k -> all.add(name + k.name()));
    }
    return all.stream().collect(Collectors.toCollection(TreeSet::new));
  }
}
