package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/**
 * How the float network is trained.
 *
 * @param epochs passes over the training texts; 0 leaves a network that is trained already as it is
 * @param batch texts per step
 * @param learningRate of Adam at the first step
 * @param schedule of the learning rate
 * @param tokenDropout share of tokens that are replaced by the unknown one while training
 * @param l2 coefficient of the weights' squares in the loss
 * @param weightDecay by which weights shrink at each step, times the learning rate
 * @param warmUp share of the steps in which the learning rate rises
 * @param clip largest norm of the gradient of all parameters, or 0
 * @param frozen patterns of layers whose parameters stay
 * @param layerDecay factor by which the learning rate falls from a group of layers to that in front
 * @param average what the average of the parameters keeps of itself at each step, or 0
 * @param patience passes without a better validation score after which the training ends, or null
 * @param refit whether the validation texts are trained on, too
 * @param lazyRows whether rows of embeddings that a step does not read stay as they are
 * @param workers of DL4J's ParallelWrapper, or 1 for a training of ours
 */
public record TrainSpec(
    @JsonProperty(defaultValue = "5")
        @JsonPropertyDescription(
            "Passes over the training texts; 0 only where the network is trained already: kind"
                + " file, and vectors of sentences.")
        @Bounds(min = 0, max = 10000)
        int epochs,
    @JsonProperty(defaultValue = "128")
        @JsonPropertyDescription("Texts per step.")
        @Bounds(min = 1, max = 65536)
        int batch,
    @JsonProperty(defaultValue = "0.003")
        @JsonPropertyDescription("Learning rate of Adam at the first step.")
        @Bounds(above = 0, max = 10)
        double learningRate,
    @JsonProperty(defaultValue = "linear") @JsonPropertyDescription("How the learning rate falls.")
        Schedule schedule,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription("Share of tokens replaced by the unknown one in training.")
        @Bounds(min = 0, below = 1)
        double tokenDropout,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription("L2 regularization.")
        @Bounds(min = 0, max = 1)
        double l2,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Decoupled weight decay (AdamW): weights shrink by this times the learning rate at each"
                + " step, biases do not.")
        @Bounds(min = 0, max = 1)
        double weightDecay,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Share of the steps of each training in which the learning rate rises from 0 first.")
        @Bounds(min = 0, below = 1)
        double warmUp,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Largest norm of the gradient of all parameters together; 0 for any.")
        @Bounds(min = 0, max = 1000000)
        double clip,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription(
            "Layers whose parameters stay as they are in all trainings, by name, with * for any"
                + " characters.")
        List<String> frozen,
    @JsonProperty(defaultValue = "1")
        @JsonPropertyDescription(
            "Factor by which the learning rate falls with depth, such as 0.9: from each layer, or"
                + " block of layers with one name before a slash, to what is in front of it.")
        @Bounds(above = 0, max = 1)
        double layerDecay,
    @JsonProperty(defaultValue = "0")
        @JsonPropertyDescription(
            "Share that the moving average of the parameters keeps of itself at each step, such as"
                + " 0.99; a training ends with the average. 0 ends with the last parameters.")
        @Bounds(min = 0, below = 1)
        double average,
    @JsonPropertyDescription(
            "The float training ends when so many passes in a row were no better on the validation"
                + " texts, with the parameters of the best one; where absent, it does all passes.")
        @Bounds(min = 1, max = 10000)
        Integer patience,
    @JsonProperty(defaultValue = "false")
        @JsonPropertyDescription(
            "Train on the validation texts, too, once all settings are chosen; nothing can be"
                + " chosen by them then.")
        boolean refit,
    @JsonProperty(defaultValue = "false")
        @JsonPropertyDescription(
            "Leave the rows of embeddings and n-grams alone that no text of a batch has: they keep"
                + " their moments, too, and do not decay (lazy Adam). Steps of large tables take"
                + " far less time.")
        boolean lazyRows,
    @JsonProperty(defaultValue = "1")
        @JsonPropertyDescription(
            "Copies of the network that DL4J's ParallelWrapper trains beside each other, one on"
                + " each GPU, and averages after each step. Two such runs do not come out the"
                + " same.")
        @Bounds(min = 1, max = 64)
        int workers) {
  public TrainSpec {
    frozen = List.copyOf(frozen);
    checkWorkers(workers, weightDecay > 0, "weightDecay");
    checkWorkers(workers, clip > 0, "clip");
    checkWorkers(workers, !frozen.isEmpty(), "frozen");
    checkWorkers(workers, layerDecay != 1, "layerDecay");
    checkWorkers(workers, average > 0, "average");
    checkWorkers(workers, lazyRows, "lazyRows");
    if (l2 > 0 && weightDecay > 0) {
      throw new InvalidKeyException(
          "weightDecay", "is " + weightDecay + ", and l2 " + l2 + "; expected one of them to be 0");
    }
    if (refit && patience != null) {
      throw new InvalidKeyException(
          "refit",
          "trains on the validation texts, by which patience would choose the best pass; leave one"
              + " of them out");
    }
  }

  private static void checkWorkers(int workers, boolean asked, String key) {
    if (workers > 1 && asked) {
      throw new InvalidKeyException(
          "workers",
          "is " + workers + ", but " + key + " is of trainings with one; leave one of them out");
    }
  }

  /** Without what was not always there. */
  public TrainSpec(
      int epochs,
      int batch,
      double learningRate,
      Schedule schedule,
      double tokenDropout,
      double l2) {
    this(
        epochs,
        batch,
        learningRate,
        schedule,
        tokenDropout,
        l2,
        0,
        0,
        0,
        List.of(),
        1,
        0,
        null,
        false,
        false,
        1);
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
