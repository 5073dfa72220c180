package org.qat4j.onnx;

/**
 * How a model is written.
 *
 * @param int4 weights of at most 4 bits as INT4 tensors (opset 21), half as large as in INT8
 * @param portable weights such that x86 processors without VNNI compute them without saturation
 * @param allValues every intermediate value is an output of the graph too, for comparisons
 */
public record OnnxOptions(boolean int4, boolean portable, boolean allValues) {
  /** INT8 weights: exact and fast on x86 with VNNI and on ARM. */
  public static final OnnxOptions DEFAULT = new OnnxOptions(false, false, false);

  /** The same with or without INT4 weights. */
  public OnnxOptions withInt4(boolean yes) {
    return new OnnxOptions(yes, portable, allValues);
  }

  /** The same for any x86 processor, or for those with VNNI only. */
  public OnnxOptions withPortable(boolean yes) {
    return new OnnxOptions(int4, yes, allValues);
  }

  /** The same with or without intermediate values as outputs. */
  public OnnxOptions withAllValues(boolean yes) {
    return new OnnxOptions(int4, portable, yes);
  }
}
