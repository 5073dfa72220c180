package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * The engines side by side on the same inputs.
 *
 * @param inputs number of inputs
 * @param javaVsOnnxCodes codes that differ between the Java runtime and ONNX Runtime, or null where
 *     ONNX Runtime was not asked
 * @param qatVsJavaCodes codes that differ between the network's evaluation and the Java runtime
 * @param argmaxFlips inputs whose answer differs between any two engines
 * @param maxLogitDifference largest difference of a logit between any two engines
 * @param layers the same layer by layer
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Verification(
    long inputs,
    Long javaVsOnnxCodes,
    long qatVsJavaCodes,
    long argmaxFlips,
    double maxLogitDifference,
    List<Layer> layers) {
  public Verification {
    layers = List.copyOf(layers);
  }

  /**
   * One value of the model.
   *
   * @param name of the value
   * @param codes compared
   * @param javaVsOnnxCodes that differ, or null
   * @param qatVsJavaCodes that differ, or null where the network has no such value
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Layer(String name, long codes, Long javaVsOnnxCodes, Long qatVsJavaCodes) {}

  /** Whether every code and every answer is the same. */
  public boolean isExact() {
    return (javaVsOnnxCodes == null || javaVsOnnxCodes == 0)
        && qatVsJavaCodes == 0
        && argmaxFlips == 0;
  }
}
