package org.qat4j.onnx.internal;

import java.util.Collections;
import java.util.Map;

/**
 * What ONNX Runtime made of a batch, by the names of the model's values.
 *
 * @param codes [sample][code], each sample row-major in the model's layout
 * @param reals the same for real values; a value of codes that is an output of the model is here
 *     too
 */
public record OnnxValues(Map<String, int[][]> codes, Map<String, float[][]> reals) {
  public OnnxValues {
    codes = Collections.unmodifiableMap(codes);
    reals = Collections.unmodifiableMap(reals);
  }
}
