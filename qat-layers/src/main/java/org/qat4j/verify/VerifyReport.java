package org.qat4j.verify;

import java.util.List;
import java.util.Optional;
import org.qat4j.QatException;

/**
 * What {@link Verifier} found.
 *
 * @param inputs samples that were run through every engine
 * @param javaVsOnnxCodes values that differ between the Java runtime and ONNX Runtime by more than
 *     their tolerance, which is 0 for all but softmax, sigmoid and tanh of real values
 * @param qatVsJavaCodes values that differ between the QAT network in evaluation and the Java
 *     runtime
 * @param argmaxFlips inputs on which the engines do not agree about the largest output
 * @param maxLogitDifference largest difference of a logit between any two engines
 * @param layers in the order of the model's operations, the outputs of the optimized ONNX graph
 *     last
 */
public record VerifyReport(
    int inputs,
    long javaVsOnnxCodes,
    long qatVsJavaCodes,
    int argmaxFlips,
    double maxLogitDifference,
    List<Layer> layers) {

  /**
   * One value of the model.
   *
   * @param name of the value
   * @param operation that makes it
   * @param values compared between the Java runtime and ONNX Runtime
   * @param javaVsOnnx of these, how many differ by more than the tolerance
   * @param qatValues compared between the QAT network and the Java runtime; 0 where the network has
   *     no such value or is not there
   * @param qatVsJava of these, how many differ
   * @param maxDifference largest difference between the Java runtime and ONNX Runtime: in codes, or
   *     in the unit of a real value
   * @param tolerance largest difference allowed; 0 for exact operations
   */
  public record Layer(
      String name,
      String operation,
      long values,
      long javaVsOnnx,
      long qatValues,
      long qatVsJava,
      double maxDifference,
      double tolerance) {}

  public VerifyReport {
    layers = List.copyOf(layers);
  }

  /** Whether all engines gave the same answers, value by value. */
  public boolean exact() {
    return javaVsOnnxCodes == 0 && qatVsJavaCodes == 0 && argmaxFlips == 0;
  }

  /**
   * Returns this report if all engines gave the same answers.
   *
   * @throws QatException otherwise; the message names the first layer that differs
   */
  public VerifyReport requireExact() {
    difference()
        .ifPresent(
            difference -> {
              throw new QatException(difference);
            });
    return this;
  }

  /** The first layer that differs and how, for people; nothing if all engines agree. */
  public Optional<String> difference() {
    for (Layer layer : layers) {
      if (layer.javaVsOnnx > 0) {
        return Optional.of(
            difference(layer, layer.javaVsOnnx, layer.values, "the Java runtime and ONNX Runtime"));
      }
      if (layer.qatVsJava > 0) {
        return Optional.of(
            difference(
                layer, layer.qatVsJava, layer.qatValues, "the QAT network and the Java runtime"));
      }
    }
    return argmaxFlips > 0
        ? Optional.of(
            "the engines disagree about the class of " + argmaxFlips + " of " + inputs + " inputs")
        : Optional.empty();
  }

  private static String difference(Layer layer, long differing, long of, String engines) {
    return "layer \""
        + layer.name
        + "\" ("
        + layer.operation
        + "): "
        + differing
        + " of "
        + of
        + " values differ between "
        + engines;
  }
}
