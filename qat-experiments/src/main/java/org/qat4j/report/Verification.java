package org.qat4j.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
  public record Layer(String name, long codes, Long javaVsOnnxCodes, Long qatVsJavaCodes) {
    private Layer plus(Layer other) {
      return new Layer(
          name,
          codes + other.codes,
          add(javaVsOnnxCodes, other.javaVsOnnxCodes),
          add(qatVsJavaCodes, other.qatVsJavaCodes));
    }
  }

  /** Whether every code and every answer is the same. */
  public boolean isExact() {
    return (javaVsOnnxCodes == null || javaVsOnnxCodes == 0)
        && qatVsJavaCodes == 0
        && argmaxFlips == 0;
  }

  /** The same over more inputs: numbers added up, the larger difference kept. */
  Verification plus(Verification other) {
    Map<String, Layer> sum = new LinkedHashMap<>();
    layers.forEach(layer -> sum.put(layer.name(), layer));
    other.layers.forEach(layer -> sum.merge(layer.name(), layer, Layer::plus));
    return new Verification(
        inputs + other.inputs,
        add(javaVsOnnxCodes, other.javaVsOnnxCodes),
        qatVsJavaCodes + other.qatVsJavaCodes,
        argmaxFlips + other.argmaxFlips,
        Math.max(maxLogitDifference, other.maxLogitDifference),
        List.copyOf(sum.values()));
  }

  private static Long add(Long a, Long b) {
    return a == null || b == null ? null : Long.valueOf(a + b);
  }

  /** One sentence for people. */
  public String summary() {
    String onnx =
        javaVsOnnxCodes == null
            ? ""
            : Formats.count(javaVsOnnxCodes) + " between Java and ONNX Runtime, ";
    return String.format(
        Locale.ROOT,
        "%s inputs; codes that differ: %s%s between network and Java; answers that differ: %s;"
            + " largest difference of a logit: %.2g",
        Formats.count(inputs),
        onnx,
        Formats.count(qatVsJavaCodes),
        Formats.count(argmaxFlips),
        maxLogitDifference);
  }
}
