package org.qat4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.onnx.internal.WeightWriter;

/**
 * Finds, in a graph as ONNX Runtime executes it, products whose factors are signed bytes so large
 * that a sum of two of them may saturate at 16 bits.
 */
final class SaturatingProducts {
  /** Of each operator that multiplies bytes: the places of both factors and of both zero points. */
  private static final Map<String, List<Integer>> FACTORS =
      Map.of(
          "QLinearConv", List.of(0, 3, 2, 5),
          "QLinearMatMul", List.of(0, 3, 2, 5),
          "QGemm", List.of(0, 3, 2, 5),
          "ConvInteger", List.of(0, 1, 2, 3),
          "MatMulInteger", List.of(0, 1, 2, 3));

  private final Map<String, TensorProto> constants;
  private final List<String> found;

  private SaturatingProducts(Map<String, TensorProto> constants, List<String> found) {
    this.constants = constants;
    this.found = found;
  }

  /** Names of nodes, with what is wrong with them. */
  static List<String> of(byte[] onnx) {
    List<String> found = new ArrayList<>();
    new SaturatingProducts(Map.of(), found).search(OnnxRunner.optimized(onnx));
    return found;
  }

  private void search(GraphProto graph) {
    Map<String, TensorProto> known = new HashMap<>(constants);
    graph.getInitializerList().forEach(tensor -> known.put(tensor.getName(), tensor));
    SaturatingProducts within = new SaturatingProducts(known, found);
    for (NodeProto node : graph.getNodeList()) {
      within.check(node);
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          within.search(attribute.getG());
        }
      }
    }
  }

  private void check(NodeProto node) {
    List<Integer> places = FACTORS.get(node.getOpType());
    if (places == null) {
      if (node.getOpType().equals("Conv") && isOnes(constants.get(node.getInput(1)))) {
        return; // sums of whole numbers in float
      }
      if (node.getOpType().matches(".*(Conv|Gemm|MatMul|AveragePool|Attention|LSTM|GRU).*")) {
        found.add(node.getName() + ": what does " + node.getOpType() + " multiply?");
      }
      return;
    }
    for (int factor = 0; factor < 2; factor++) {
      String value = node.getInput(places.get(factor));
      String zeroPoint =
          node.getInputCount() > places.get(factor + 2)
              ? node.getInput(places.get(factor + 2))
              : "";
      TensorProto tensor = constants.get(value);
      TensorProto typed = tensor != null ? tensor : constants.get(zeroPoint);
      if (typed == null) {
        found.add(node.getName() + ": of which type is " + value + "?");
      } else if (typed.getDataType() != DataType.UINT8_VALUE
          && (tensor == null || largest(tensor) > WeightWriter.UNSATURATED)) {
        found.add(node.getName() + ": " + value + " is of signed bytes that saturate");
      }
    }
  }

  private static boolean isOnes(TensorProto tensor) {
    if (tensor == null || tensor.getDataType() != DataType.FLOAT_VALUE) {
      return false;
    }
    FloatBuffer raw =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    boolean ones = raw.hasRemaining();
    while (raw.hasRemaining()) {
      ones &= raw.get() == 1;
    }
    return ones;
  }

  private static int largest(TensorProto tensor) {
    int largest = 0;
    byte[] raw = tensor.getRawData().toByteArray();
    for (byte b : raw) {
      largest = Math.max(largest, Math.abs(b));
    }
    for (int v : tensor.getInt32DataList()) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
