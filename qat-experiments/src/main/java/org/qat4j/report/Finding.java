package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Something that the reader should know, and what mends it. docs/report.md lists all kinds.
 *
 * @param kind what it is about
 * @param message what was found, with its figures and intervals
 * @param remedy what to do, a sentence
 * @param yaml lines of the experiment file that do it, or null where none does
 */
@JsonPropertyOrder({"level", "kind", "message", "remedy", "yaml"})
public record Finding(Kind kind, String message, String remedy, String yaml) {
  /** How much a finding matters. */
  public enum Level {
    /** Worth knowing. */
    @JsonProperty("advice")
    ADVICE,
    /** The result may not be what was wanted. */
    @JsonProperty("warning")
    WARNING
  }

  /** What a finding is about. */
  public enum Kind {
    /** The network, the runtime and ONNX Runtime give different codes. */
    ENGINES_DIFFER("engines-differ", Level.WARNING, false),
    /** What the section accept asks for was not reached. */
    GATE_MISSED("gate-missed", Level.WARNING, false),
    /** There is no integer model. */
    STAYS_IN_FLOAT("stays-in-float", Level.WARNING, false),
    /** Malformed rows. */
    ROWS_LEFT_OUT("rows-left-out", Level.WARNING, false),
    /** What was seen in the data before training. */
    DATA("data", Level.WARNING, false),
    /** The network is not needed: a baseline does better, also than the control. */
    BASELINE_AHEAD("baseline-ahead", Level.WARNING, true),
    /** A baseline does better than the float network, but not than the control. */
    BASELINE_AHEAD_OF_FLOAT("baseline-ahead-of-float", Level.ADVICE, true),
    /** The last stage loses to the control. */
    LOST_BY_QUANTIZATION("lost-by-quantization", Level.WARNING, true),
    /** So does the pruned network, before it is quantized. */
    LOST_BY_PRUNING("lost-by-pruning", Level.WARNING, true),
    /** The last stage loses to float, and the control does too. */
    LOST_BY_TRAINING("lost-by-training", Level.WARNING, true),
    /** The last stage loses to float; whether to the control is not sure. */
    LOSS_NOT_SURE("loss-not-sure", Level.ADVICE, true),
    /** A layer clips much. */
    CLIPPED("clipped", Level.ADVICE, false),
    /** Running statistics of a batch normalization that are not those of the data. */
    STATISTICS("statistics", Level.WARNING, false),
    /** A branch of a merge without codes. */
    LOST_BRANCH("lost-branch", Level.WARNING, false),
    /** A few channels of a residual stream leave the others hardly any codes. */
    OUTLIER_CHANNELS("outlier-channels", Level.WARNING, false),
    /** The float network was trained too short. */
    STILL_LEARNING("still-learning", Level.ADVICE, false),
    /** The float network was trained too long. */
    BEST_BEFORE("best-before", Level.ADVICE, false),
    /** Training under quantization gains what training in float does not. */
    TRAINING_PAYS("training-pays", Level.ADVICE, true),
    /** Training under quantization gains what training in float gains as well. */
    FLOAT_GAINS_AS_MUCH("float-gains-as-much", Level.ADVICE, true),
    /** Quantization without training loses nothing. */
    POST_TRAINING_SUFFICES("post-training-suffices", Level.ADVICE, true),
    /** Training under quantization does harm. */
    POST_TRAINING_BETTER("post-training-better", Level.ADVICE, true),
    /** Neither calibration nor training reaches float. */
    TRAINING_GAINS_NOTHING("training-gains-nothing", Level.ADVICE, true),
    /** A gain over float that the control has too. */
    GAIN_OF_LONGER_TRAINING("gain-of-longer-training", Level.ADVICE, true),
    /** The search beats the best of the usual observers. */
    SEARCH_PAYS("search-pays", Level.ADVICE, true),
    /** The search makes the model smaller. */
    SEARCH_SMALLER("search-smaller", Level.ADVICE, true),
    /** The best of the usual observers has all that the search gains. */
    OBSERVER_SUFFICES("observer-suffices", Level.ADVICE, true),
    /** The best of the usual observers does better than what the search found. */
    OBSERVER_BETTER("observer-better", Level.ADVICE, true),
    /** The search is no better than the setting that was given. */
    SEARCH_GAINS_NOTHING("search-gains-nothing", Level.ADVICE, true),
    /** Of a sweep: the smallest variant near the control. */
    SMALLEST_WITHIN("smallest-within", Level.ADVICE, true),
    /** Of a sweep: no variant is near the control. */
    NONE_WITHIN("none-within", Level.WARNING, true),
    /** Of a sweep: where more bytes begin to buy little. */
    KNEE("knee", Level.ADVICE, true);

    private final String key;
    private final Level level;
    private final boolean compares;

    Kind(String key, Level level, boolean compares) {
      this.key = key;
      this.level = level;
      this.compares = compares;
    }

    /** Name in JSON. */
    @JsonValue
    public String key() {
      return key;
    }

    /** How much it matters. */
    public Level level() {
      return level;
    }

    /** Whether it compares results on the test set, which have intervals. */
    public boolean compares() {
      return compares;
    }
  }

  /** How much it matters. */
  @JsonProperty
  public Level level() {
    return kind.level();
  }

  /** What was found and what to do, in one text. */
  public String text() {
    return message + " " + remedy;
  }
}
