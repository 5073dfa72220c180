package org.qat4j.verify;

import org.qat4j.model.Value;

/** Counts the differences of one value. */
final class Tally {
  private final String name;
  private final String operation;
  private final double tolerance;
  private long values;
  private long differing;
  private long qatValues;
  private long qatDiffering;
  private double largest;

  Tally(String name, String operation, double tolerance) {
    this.name = name;
    this.operation = operation;
    this.tolerance = tolerance;
  }

  void compare(int[] java, int[] onnx) {
    for (int i = 0; i < java.length; i++) {
      count(Math.abs(java[i] - onnx[i]));
    }
  }

  /** Also equal where both are the same infinity; NaN differs from everything else. */
  void compare(float[] java, float[] onnx) {
    for (int i = 0; i < java.length; i++) {
      boolean same = java[i] == onnx[i] || (Float.isNaN(java[i]) && Float.isNaN(onnx[i]));
      count(same ? 0 : Math.abs((double) java[i] - (double) onnx[i]));
    }
  }

  private void count(double difference) {
    values++;
    differing += difference <= tolerance ? 0 : 1;
    largest = Math.max(largest, difference);
  }

  void compareQat(float[] qat, float[] java) {
    for (int i = 0; i < java.length; i++) {
      qatValues++;
      qatDiffering += qat[i] == java[i] ? 0 : 1;
    }
  }

  /** For a value whose codes the network makes only where it is read: (2) comes first. */
  void compareQat(float[] qat, Value value, int[] java) {
    for (int i = 0; i < java.length; i++) {
      qatValues++;
      qatDiffering += value.quantize(qat[i], i) == java[i] ? 0 : 1;
    }
  }

  double largest() {
    return largest;
  }

  VerifyReport.Layer layer() {
    return new VerifyReport.Layer(
        name, operation, values, differing, qatValues, qatDiffering, largest, tolerance);
  }
}
