package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Sizes, in bytes.
 *
 * @param floatNetwork 4 for each parameter of the float network
 * @param integer the integer model without text encoders and labels
 * @param integerWithVocabulary the file model.qat
 * @param onnx the file model.onnx, or null where none was written
 */
public record ModelBytes(
    @JsonProperty("float") long floatNetwork, long integer, long integerWithVocabulary, Long onnx) {

  /** The same beside a float network of so many parameters: that before pruning. */
  public ModelBytes against(long parameters) {
    return new ModelBytes(Float.BYTES * parameters, integer, integerWithVocabulary, onnx);
  }
}
