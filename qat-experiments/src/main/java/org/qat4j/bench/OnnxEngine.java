package org.qat4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.model.Input;

/** ONNX Runtime, one thread a call; its input tensors exist beforehand. */
final class OnnxEngine extends Engine {
  private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
  private final OrtSession session;
  private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();

  /**
   * @param file bytes of an ONNX file with the inputs of the model
   */
  OnnxEngine(String name, EncodedTexts texts, byte[] file) {
    super(name);
    try {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = OrtEnvironment.getEnvironment().createSession(file, options);
      for (int i = 0; i < texts.batches(); i++) {
        inputs.add(tensors(texts, i));
      }
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  private static Map<String, OnnxTensor> tensors(EncodedTexts texts, int i) throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    for (int in = 0; in < texts.model().inputs().size(); in++) {
      Input input = texts.model().inputs().get(in);
      int length = input.shape().get(0);
      IntBuffer ids =
          ByteBuffer.allocateDirect(texts.batch() * length * Integer.BYTES)
              .order(ByteOrder.nativeOrder())
              .asIntBuffer();
      for (int j = 0; j < texts.batch(); j++) {
        ids.put(texts.ids(i, j)[in]);
      }
      long[] shape = {texts.batch(), length};
      tensors.put(
          input.name(),
          OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), ids.rewind(), shape));
    }
    return tensors;
  }

  private static QatException failure(OrtException e) {
    return new QatException("ONNX Runtime: " + e.getMessage(), e);
  }

  @Override
  void answer(int i) {
    try {
      session.run(inputs.get(i)).close();
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    inputs.forEach(tensors -> tensors.values().forEach(OnnxTensor::close));
    try {
      session.close();
    } catch (OrtException e) {
      throw failure(e);
    } finally {
      options.close();
    }
  }
}
