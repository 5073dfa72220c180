package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextLengths;
import org.qat4j.model.Value;
import org.qat4j.runtime.Sample;

/** What {@link OnnxRunner} does, in terms of ONNX Runtime. */
final class OnnxSession implements AutoCloseable {
  private final IntegerModel model;
  private final TextLengths lengths;
  private final SessionOptions options;
  private final OrtSession session;

  /** Names of values by those of the tensors of the graph that hold them. */
  private final Map<String, String> valueOfTensor = new HashMap<>();

  OnnxSession(IntegerModel model, byte[] onnx, int threads) {
    this.model = model;
    this.lengths = TextLengths.of(model);
    for (String value : model.values().keySet()) {
      valueOfTensor.put(value, value);
      valueOfTensor.put(CodeTensors.tensor(model, value), value);
    }
    this.options = options(threads);
    try {
      this.session = OrtEnvironment.getEnvironment().createSession(onnx, options);
    } catch (OrtException e) {
      options.close();
      throw failure(e);
    }
  }

  static SessionOptions options(int threads) {
    SessionOptions options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      return options;
    } catch (OrtException e) {
      options.close();
      throw failure(e);
    }
  }

  static QatException failure(OrtException e) {
    return new QatException("ONNX Runtime: " + e.getMessage(), e);
  }

  /** The graph that ONNX Runtime really executes. */
  static GraphProto optimized(byte[] onnx) {
    Path file = null;
    try (SessionOptions options = options(1)) {
      file = Files.createTempFile("optimized", ".onnx");
      options.setOptimizedModelFilePath(file.toString());
      OrtEnvironment.getEnvironment().createSession(onnx, options).close();
      return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
    } catch (OrtException e) {
      throw failure(e);
    } catch (IOException e) {
      throw new QatException("cannot write a temporary file: " + e, e);
    } finally {
      if (file != null) {
        file.toFile().delete();
      }
    }
  }

  float[][] run(List<Sample> batch) {
    String output = model.outputs().get(0);
    return run(batch, Set.of(output)).reals().get(output);
  }

  OnnxValues runAll(List<Sample> batch) {
    return run(batch, session.getOutputNames());
  }

  private OnnxValues run(List<Sample> batch, Set<String> outputs) {
    batch.forEach(this::check);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    try {
      for (int i = 0; i < model.inputs().size(); i++) {
        inputs.put(model.inputs().get(i).name(), input(batch, i));
      }
      try (OrtSession.Result result = session.run(inputs, outputs)) {
        return read(result, batch.size());
      }
    } catch (OrtException e) {
      throw failure(e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** Kinds and ranges, and whether there are as many steps as a text needs. */
  private void check(Sample sample) {
    Sample whole = sample.padded(model.inputs());
    whole.check(model.inputs());
    for (int i = 0; i < model.inputs().size(); i++) {
      int[] ids = sample.tokens(i);
      int needed =
          ids == null
              ? 0
              : lengths.isFlexible(i)
                  ? lengths.steps(i, lengths.tokens(i, sample::tokens))
                  : lengths.limit(i);
      if (ids != null && ids.length < needed) {
        throw new QatException(
            "input \""
                + model.inputs().get(i).name()
                + "\" needs "
                + needed
                + " token ids, padding included, not "
                + ids.length);
      }
    }
  }

  private OnnxTensor input(List<Sample> batch, int i) throws OrtException {
    Input input = model.inputs().get(i);
    boolean tokens = input.kind() == Input.Kind.TOKENS;
    int size = tokens ? steps(batch, i) : model.value(input.name()).size();
    long[] shape = new long[input.shape().size() + 1];
    shape[0] = batch.size();
    for (int d = 1; d < shape.length; d++) {
      shape[d] = tokens ? size : input.shape().get(d - 1);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(batch.size() * size * Integer.BYTES)
            .order(ByteOrder.nativeOrder());
    if (tokens) {
      IntBuffer ids = bytes.asIntBuffer();
      batch.forEach(sample -> ids.put(sample.tokens(i), 0, size));
      return OnnxTensor.createTensor(environment, ids.rewind(), shape);
    }
    FloatBuffer reals = bytes.asFloatBuffer();
    batch.forEach(sample -> reals.put(sample.reals(i), 0, size));
    return OnnxTensor.createTensor(environment, reals.rewind(), shape);
  }

  /** All samples of a batch must have as many. */
  private static int steps(List<Sample> batch, int input) {
    int steps = batch.get(0).tokens(input).length;
    for (Sample sample : batch) {
      if (sample.tokens(input).length != steps) {
        throw new QatException(
            "samples of "
                + steps
                + " and "
                + sample.tokens(input).length
                + " steps do not fit in one batch");
      }
    }
    return steps;
  }

  private OnnxValues read(OrtSession.Result result, int samples) {
    Map<String, int[][]> codes = new LinkedHashMap<>();
    Map<String, float[][]> reals = new LinkedHashMap<>();
    for (Map.Entry<String, OnnxValue> output : result) {
      OnnxTensor tensor = (OnnxTensor) output.getValue();
      String name = valueOfTensor.get(output.getKey());
      if (tensor.getInfo().type == OnnxJavaType.UINT8) {
        codes.put(name, codes(tensor.getByteBuffer(), samples, model.value(name)));
      } else if (tensor.getInfo().type == OnnxJavaType.INT32) {
        IntBuffer values = tensor.getIntBuffer();
        Value value = model.value(name);
        codes.put(name, value.isCodes() ? codes(values, samples, value) : ints(values, samples));
      } else {
        reals.put(name, reals(tensor.getFloatBuffer(), samples));
      }
    }
    return new OnnxValues(codes, reals);
  }

  private static float[][] reals(FloatBuffer values, int samples) {
    float[][] reals = new float[samples][values.remaining() / samples];
    for (float[] sample : reals) {
      values.get(sample);
    }
    return reals;
  }

  private static int[][] ints(IntBuffer values, int samples) {
    int[][] ints = new int[samples][values.remaining() / samples];
    for (int[] sample : ints) {
      values.get(sample);
    }
    return ints;
  }

  /** Distances to the zero point [sample, channel, step] as codes [sample][step, channel]. */
  private static int[][] codes(IntBuffer distances, int samples, Value value) {
    int channels = value.shape().get(value.shape().size() - 1);
    int steps = value.size() / channels;
    int[][] codes = new int[samples][value.size()];
    for (int[] sample : codes) {
      for (int c = 0; c < channels; c++) {
        for (int t = 0; t < steps; t++) {
          sample[t * channels + c] = distances.get() + value.params().zeroPoint();
        }
      }
    }
    return codes;
  }

  /** Bytes [sample, channel, step] as codes [sample][step, channel]. */
  private static int[][] codes(ByteBuffer bytes, int samples, Value value) {
    int channels = value.shape().get(value.shape().size() - 1);
    int size = bytes.remaining() / samples;
    int steps = size / channels;
    int[][] codes = new int[samples][size];
    for (int[] sample : codes) {
      for (int c = 0; c < channels; c++) {
        for (int t = 0; t < steps; t++) {
          sample[t * channels + c] = Byte.toUnsignedInt(bytes.get()) - WeightWriter.OFFSET;
        }
      }
    }
    return codes;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failure(e);
    } finally {
      options.close();
    }
  }
}
