package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.runtime.Sample;

/**
 * Executes what {@link OnnxExporter} wrote, in ONNX Runtime on the CPU. Thread-safe. ONNX Runtime
 * must be on the class path; this library asks for it only where it is used.
 */
public final class OnnxRunner implements AutoCloseable {
  private final OnnxSession session;

  /**
   * @param model that the bytes were written from
   * @param onnx bytes of an ONNX file
   * @param threads ≥ 1, for each operation
   * @throws org.qat4j.QatException if ONNX Runtime does not accept the bytes, or is not there
   */
  public OnnxRunner(IntegerModel model, byte[] onnx, int threads) {
    OnnxPresence.require();
    this.session = new OnnxSession(model, onnx, threads);
  }

  /**
   * Operators of the graph that ONNX Runtime really executes, after all its optimizations, in
   * order. QLinearConv and QGemm say that a product runs on integers, Conv and Gemm that it does
   * not.
   */
  public static List<String> optimizedOperators(byte[] onnx) {
    return optimized(onnx).getNodeList().stream().map(NodeProto::getOpType).toList();
  }

  /** The graph that ONNX Runtime really executes. */
  public static GraphProto optimized(byte[] onnx) {
    OnnxPresence.require();
    return OnnxSession.optimized(onnx);
  }

  /**
   * First output of each sample, row-major: what {@code ReferenceRuntime.run} gives.
   *
   * @param batch at least one sample
   * @throws org.qat4j.QatException if a sample does not fit the model
   */
  public float[][] run(List<Sample> batch) {
    return session.run(batch);
  }

  /**
   * All values that the graph gives out. Of a graph written with {@link OnnxOptions#allValues()}
   * these are all values that operations of the model make.
   */
  public OnnxValues runAll(List<Sample> batch) {
    return session.runAll(batch);
  }

  @Override
  public void close() {
    session.close();
  }
}
