package org.qat4j.encoder;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.qat4j.QatException;

/**
 * Tensors of an ONNX file. Matrices have no names there: the one of a product is what is multiplied
 * in front of the sum with the product's bias.
 */
final class OnnxTensors implements EncoderTensors {
  private final Path file;
  private final Map<String, TensorProto> tensors = new HashMap<>();
  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, String> matrices = new HashMap<>();

  private OnnxTensors(Path file) {
    this.file = file;
  }

  static OnnxTensors open(Path file) {
    try {
      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
      OnnxTensors tensors = new OnnxTensors(file);
      model.getGraph().getInitializerList().forEach(t -> tensors.tensors.put(t.getName(), t));
      model.getGraph().getNodeList().forEach(tensors::add);
      model.getGraph().getNodeList().forEach(tensors::addMatrix);
      return tensors;
    } catch (IOException e) {
      throw new QatException(file + " is no ONNX file that can be read: " + e.getMessage(), e);
    }
  }

  private void add(NodeProto node) {
    node.getOutputList().forEach(o -> makers.put(o, node));
    for (AttributeProto a : node.getAttributeList()) {
      if (node.getOpType().equals("Constant") && a.hasT()) {
        tensors.put(node.getOutput(0), a.getT());
      }
    }
  }

  private void addMatrix(NodeProto sum) {
    if (!sum.getOpType().equals("Add") || sum.getInputCount() != 2) {
      return;
    }
    for (int i = 0; i < 2; i++) {
      NodeProto product = makers.get(sum.getInput(1 - i));
      if (tensors.containsKey(sum.getInput(i))
          && product != null
          && product.getOpType().equals("MatMul")
          && product.getInputCount() == 2) {
        matrices.put(sum.getInput(i), product.getInput(1));
      }
    }
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public Values find(String name) {
    TensorProto tensor = tensors.get(name);
    if (tensor == null) {
      return null;
    }
    long count = 1;
    long[] shape = new long[tensor.getDimsCount()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.getDims(i);
      count = shape[i] < 0 || shape[i] > Integer.MAX_VALUE ? -1 : count * shape[i];
      if (count < 0 || count > Integer.MAX_VALUE) {
        throw refused(name, "is too large");
      }
    }
    float[] values = values(name, tensor);
    if (values.length != count) {
      throw refused(name, "has " + values.length + " values; its shape wants " + count);
    }
    return new Values(values, shape);
  }

  private float[] values(String name, TensorProto tensor) {
    if (tensor.getExternalDataCount() > 0) {
      throw refused(name, "lies in another file; supported are values in the file itself");
    }
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] values;
    if (tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber()) {
      FloatBuffer floats = raw.asFloatBuffer();
      values = new float[floats.remaining() > 0 ? floats.remaining() : tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = floats.hasRemaining() ? floats.get() : tensor.getFloatData(i);
      }
      return values;
    }
    boolean half = tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber();
    if (!half && tensor.getDataType() != TensorProto.DataType.BFLOAT16.getNumber()) {
      throw refused(
          name,
          "has the type "
              + TensorProto.DataType.forNumber(tensor.getDataType())
              + "; supported are FLOAT, FLOAT16 and BFLOAT16");
    }
    values = new float[raw.remaining() / 2];
    for (int i = 0; i < values.length; i++) {
      short bits = raw.getShort();
      values[i] = half ? SafeTensors.half(bits) : Float.intBitsToFloat(bits << 16);
    }
    return values;
  }

  private QatException refused(String tensor, String what) {
    return new QatException(file + ": the tensor \"" + tensor + "\" " + what);
  }

  @Override
  public Values matrix(String product) {
    String matrix = matrices.get(product + ".bias");
    return matrix == null ? null : find(matrix);
  }

  /** What the file's graph and tensors say about the encoder. */
  EncoderShape shape() {
    String prefix = prefix();
    long[] words = find(prefix + "embeddings.word_embeddings.weight").shape();
    long[] positions = needed(prefix + "embeddings.position_embeddings.weight");
    long[] types = needed(prefix + "embeddings.token_type_embeddings.weight");
    int blocks = 0;
    while (has(prefix + "encoder.layer." + blocks + ".attention.self.query.bias")) {
      blocks++;
    }
    long[] wide = needed(prefix + "encoder.layer.0.intermediate.dense.bias");
    int channels = (int) words[1];
    return new EncoderShape(
        blocks,
        channels,
        channels / depth(channels),
        (int) wide[0],
        (int) words[0],
        (int) positions[0],
        (int) types[0],
        epsilon());
  }

  private long[] needed(String name) {
    Values found = find(name);
    if (found == null) {
      throw refused(name, "is missing");
    }
    return found.shape();
  }

  /** Scores are divided by its root, or multiplied with the inverse. */
  private int depth(int channels) {
    for (NodeProto node : makers.values()) {
      boolean divides = node.getOpType().equals("Div");
      if ((divides || node.getOpType().equals("Mul")) && node.getInputCount() == 2) {
        NodeProto product = makers.get(node.getInput(0));
        double c = scalar(node.getInput(1));
        double depth = divides ? c * c : 1 / (c * c);
        long whole = Math.round(depth);
        if (product != null
            && product.getOpType().equals("MatMul")
            && whole > 0
            && Math.abs(depth - whole) < 1e-3 * whole
            && channels % whole == 0) {
          return (int) whole;
        }
      }
    }
    throw new QatException(
        file
            + ": the heads of the attention cannot be told from the graph; put the file into a"
            + " folder as model.onnx, with config.json beside it");
  }

  /** What is added in front of the first root. */
  private double epsilon() {
    for (NodeProto node : makers.values()) {
      NodeProto sum = node.getOpType().equals("Sqrt") ? makers.get(node.getInput(0)) : null;
      if (sum != null && sum.getOpType().equals("Add") && !Double.isNaN(scalar(sum.getInput(1)))) {
        return scalar(sum.getInput(1));
      }
      for (AttributeProto a : node.getAttributeList()) {
        if (node.getOpType().equals("LayerNormalization") && a.getName().equals("epsilon")) {
          return a.getF();
        }
      }
    }
    return 1e-12;
  }

  private double scalar(String name) {
    TensorProto tensor = tensors.get(name);
    if (tensor == null
        || tensor.getDataType() != TensorProto.DataType.FLOAT.getNumber()
        || tensor.getDimsList().stream().anyMatch(d -> d != 1)) {
      return Double.NaN;
    }
    float[] values = values(name, tensor);
    return values.length == 1 ? values[0] : Double.NaN;
  }
}
