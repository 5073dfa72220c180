package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * How the float network is trained.
 *
 * @param epochs passes over the training texts
 * @param batch texts per step
 * @param learningRate of Adam at the first step
 * @param schedule of the learning rate
 * @param tokenDropout share of tokens that are replaced by the unknown one while training
 * @param l2 coefficient of weight decay
 */
public record TrainSpec(
    @JsonProperty(defaultValue = "5")
        @JsonPropertyDescription("Passes over the training texts.")
        @Range(min = 1, max = 10000)
        int epochs,
    @JsonProperty(defaultValue = "128")
        @JsonPropertyDescription("Texts per step.")
        @Range(min = 1, max = 65536)
        int batch,
    @JsonProperty(defaultValue = "0.003")
        @JsonPropertyDescription("Learning rate of Adam at the first step.")
        @Range(above = 0, max = 10)
        double learningRate,
    @JsonProperty(defaultValue = "linear") @JsonPropertyDescription("How the learning rate falls.")
        Schedule schedule,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription("Share of tokens replaced by the unknown one in training.")
        @Range(min = 0, below = 1)
        double tokenDropout,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription("L2 regularization.")
        @Range(min = 0, max = 1)
        double l2) {
  public TrainSpec {
    Section.check(TrainSpec.class, epochs, batch, learningRate, schedule, tokenDropout, l2);
  }

  /** How a learning rate falls over the steps of a training. */
  public enum Schedule {
    @JsonProperty("constant")
    CONSTANT,
    /** To 0 at the last step. */
    @JsonProperty("linear")
    LINEAR,
    /** Half a cosine to 0 at the last step. */
    @JsonProperty("cosine")
    COSINE
  }
}
