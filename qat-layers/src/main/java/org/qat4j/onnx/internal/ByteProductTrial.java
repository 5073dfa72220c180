package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Multiplies the largest bytes in ONNX Runtime, for {@link ByteProducts}. */
public final class ByteProductTrial {
  private static final int OPSET = 18;
  private static final int DEPTH = 8;
  private static final int COLUMNS = 32;

  /** Vectors and matrices have kernels of their own. */
  private static final int[] ROWS = {1, 7};

  private ByteProductTrial() {}

  /** Whether all products were right. */
  public static boolean exact() {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = OnnxSession.options(1);
        OrtSession session = environment.createSession(product(), options)) {
      for (int rows : ROWS) {
        if (!exact(environment, session, rows)) {
          return false;
        }
      }
      return true;
    } catch (OrtException e) {
      throw OnnxSession.failure(e);
    }
  }

  private static boolean exact(OrtEnvironment environment, OrtSession session, int rows)
      throws OrtException {
    byte[] largest = new byte[rows * DEPTH];
    Arrays.fill(largest, (byte) 255);
    ByteBuffer bytes = ByteBuffer.allocateDirect(largest.length).put(largest).rewind();
    long[] shape = {rows, DEPTH};
    try (OnnxTensor x = OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.UINT8);
        OrtSession.Result result = session.run(Map.of("x", x))) {
      IntBuffer sums = ((OnnxTensor) result.get(0)).getIntBuffer();
      while (sums.hasRemaining()) {
        if (sums.get() != DEPTH * 255 * -128) {
          return false;
        }
      }
      return true;
    }
  }

  /** Bytes [batch, depth] times weights of −128, int32 [batch, columns]. */
  private static byte[] product() {
    GraphBuilder graph = new GraphBuilder(Set.of("x", "sums"));
    byte[] smallest = new byte[DEPTH * COLUMNS];
    Arrays.fill(smallest, (byte) -128);
    String weights =
        graph.constant("weights", Tensors.bytes(DataType.INT8, smallest, DEPTH, COLUMNS));
    graph.node("MatMulInteger", "product", List.of("x", weights), "sums", List.of());
    graph.graph().setName("products of bytes");
    graph.graph().addInput(GraphBuilder.type("x", DataType.UINT8, List.of(DEPTH), ""));
    graph.graph().addOutput(GraphBuilder.type("sums", DataType.INT32, List.of(COLUMNS), ""));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph.graph())
        .build()
        .toByteArray();
  }
}
