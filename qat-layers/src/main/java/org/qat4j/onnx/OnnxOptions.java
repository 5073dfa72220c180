package org.qat4j.onnx;

/**
 * How a model is written.
 *
 * @param int4 weights of at most 4 bits as INT4 tensors (opset 21), half as large as in INT8
 * @param vnni all symmetric weights as signed bytes: exact on x86 with VNNI and on ARM only, and
 *     faster there
 * @param allValues every intermediate value is an output of the graph too, for comparisons
 */
public record OnnxOptions(boolean int4, boolean vnni, boolean allValues) {
  /** Weights of 8 bits, exact on every processor. */
  public static final OnnxOptions DEFAULT = new OnnxOptions(false, false, false);

  /** The same with or without INT4 weights. */
  public OnnxOptions withInt4(boolean yes) {
    return new OnnxOptions(yes, vnni, allValues);
  }

  /**
   * The same for x86 processors with VNNI and for ARM, or for any processor. On others than these
   * ONNX Runtime saturates in the former, and a {@link org.qat4j.verify.Verifier} refuses it.
   */
  public OnnxOptions withVnni(boolean yes) {
    return new OnnxOptions(int4, yes, allValues);
  }

  /** The same with or without intermediate values as outputs. */
  public OnnxOptions withAllValues(boolean yes) {
    return new OnnxOptions(int4, vnni, yes);
  }
}
