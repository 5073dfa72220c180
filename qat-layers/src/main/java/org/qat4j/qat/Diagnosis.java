package org.qat4j.qat;

/**
 * Something about a network under quantization that costs accuracy and that its training does not
 * say.
 *
 * @param layer name of the layer or vertex
 * @param cause what is wrong in general
 * @param message what is wrong here, with figures, and what would mend it
 */
public record Diagnosis(String layer, Cause cause, String message) {
  /** Kinds of faults. */
  public enum Cause {
    /**
     * The running statistics of a batch normalization are not those of the data, so that it makes
     * other values in evaluation, and in the frozen model, than in training.
     */
    STATISTICS,
    /** A branch of a merge is so small that the scale it shares leaves it hardly any codes. */
    LOST_BRANCH,
    /**
     * A few channels of a sum, or of what is added, are so large that the scale that all channels
     * share leaves the others hardly any codes.
     */
    OUTLIER_CHANNELS
  }
}
