package org.qat4j.encoder;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random encoder in the layout of Hugging Face, and what it computes, step by step in double. */
final class SmallEncoder {
  static final List<String> PIECES =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "c", ".");
  static final int CHANNELS = 12;
  static final int HEADS = 3;
  static final int WIDTH = 20;
  static final int BLOCKS = 2;
  static final int POSITIONS = 16;
  static final double EPSILON = 1e-3;

  final Map<String, float[]> values = new LinkedHashMap<>();
  final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final Random random = new Random(5);

  SmallEncoder(String prefix) {
    add(prefix + "embeddings.word_embeddings.weight", PIECES.size(), CHANNELS);
    add(prefix + "embeddings.position_embeddings.weight", POSITIONS, CHANNELS);
    add(prefix + "embeddings.token_type_embeddings.weight", 2, CHANNELS);
    norm(prefix + "embeddings.LayerNorm");
    for (int i = 0; i < BLOCKS; i++) {
      String block = prefix + "encoder.layer." + i + ".";
      for (String part : List.of("query", "key", "value")) {
        product(block + "attention.self." + part, CHANNELS, CHANNELS);
      }
      product(block + "attention.output.dense", CHANNELS, CHANNELS);
      norm(block + "attention.output.LayerNorm");
      product(block + "intermediate.dense", WIDTH, CHANNELS);
      product(block + "output.dense", CHANNELS, WIDTH);
      norm(block + "output.LayerNorm");
    }
  }

  private void product(String name, int out, int in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void norm(String name) {
    add(name + ".weight", CHANNELS);
    add(name + ".bias", CHANNELS);
  }

  /** Multiples of 1/16 below 1 in magnitude, which all types have. */
  private void add(String name, int... shape) {
    int size = 1;
    for (int d : shape) {
      size *= d;
    }
    float[] v = new float[size];
    for (int i = 0; i < size; i++) {
      v[i] = (random.nextInt(31) - 15) / 16f;
    }
    values.put(name, v);
    shapes.put(name, shape);
  }

  /** Writes config.json, model.safetensors and vocab.txt. */
  void write(Path folder, String type) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "bert", "hidden_act": "gelu", "hidden_size": 12, "num_attention_heads": 3,
         "num_hidden_layers": 2, "intermediate_size": 20, "vocab_size": 10,
         "max_position_embeddings": 16, "type_vocab_size": 2, "layer_norm_eps": 1e-3}""");
    Files.writeString(folder.resolve("vocab.txt"), String.join("\n", PIECES) + "\n");
    Files.write(folder.resolve("model.safetensors"), safetensors(type));
  }

  byte[] safetensors(String type) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    List<String> header = new ArrayList<>();
    for (Map.Entry<String, float[]> e : values.entrySet()) {
      int begin = data.size();
      data.write(bytes(e.getValue(), type));
      header.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  e.getKey(), type, Arrays.toString(shapes.get(e.getKey())), begin, data.size()));
    }
    byte[] json = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + data.size());
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data.toByteArray());
    return file.array();
  }

  /** As an exporter writes it: matrices [in, out] without a name, behind a sum with their bias. */
  byte[] onnx() {
    GraphProto.Builder graph = GraphProto.newBuilder();
    int products = 0;
    for (Map.Entry<String, float[]> e : values.entrySet()) {
      int[] shape = shapes.get(e.getKey());
      if (shape.length == 2 && !e.getKey().contains("embeddings")) {
        String matrix = "onnx::MatMul_" + products++;
        float[] turned = new float[e.getValue().length];
        for (int i = 0; i < turned.length; i++) {
          turned[i % shape[1] * shape[0] + i / shape[1]] = e.getValue()[i];
        }
        graph.addInitializer(tensor(matrix, turned, shape[1], shape[0]));
        String bias = e.getKey().replace(".weight", ".bias");
        graph.addNode(node("MatMul", matrix + "/y", "x", matrix));
        graph.addNode(node("Add", matrix + "/z", bias, matrix + "/y"));
      } else {
        graph.addInitializer(tensor(e.getKey(), e.getValue(), shape));
      }
    }
    return ModelProto.newBuilder().setGraph(graph).build().toByteArray();
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static TensorProto tensor(String name, float[] values, int... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    for (int d : shape) {
      tensor.addDims(d);
    }
    return tensor.setRawData(ByteString.copyFrom(bytes(values, "F32"))).build();
  }

  private static byte[] bytes(float[] v, String type) {
    ByteBuffer bytes = ByteBuffer.allocate(v.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float f : v) {
      switch (type) {
        case "F32" -> bytes.putFloat(f);
        case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(f) >> 16));
        default -> bytes.putShort(half(f));
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Of a number that binary16 has. */
  private static short half(float f) {
    if (f == 0) {
      return 0;
    }
    int bits = Float.floatToIntBits(f);
    int exponent = (bits >> 23 & 0xFF) - 127 + 15;
    return (short) ((bits >>> 31 << 15) | (exponent << 10) | ((bits >> 13) & 0x3FF));
  }

  /** Hidden states [t, channels] of a text without padding. */
  double[][] hidden(String prefix, int[] ids, int[] types) {
    double[][] x = new double[ids.length][CHANNELS];
    for (int t = 0; t < ids.length; t++) {
      for (int c = 0; c < CHANNELS; c++) {
        x[t][c] =
            values.get(prefix + "embeddings.word_embeddings.weight")[ids[t] * CHANNELS + c]
                + values.get(prefix + "embeddings.position_embeddings.weight")[t * CHANNELS + c]
                + values
                    .get(prefix + "embeddings.token_type_embeddings.weight")[
                    types[t] * CHANNELS + c];
      }
    }
    x = normalized(prefix + "embeddings.LayerNorm", x);
    for (int b = 0; b < BLOCKS; b++) {
      String block = prefix + "encoder.layer." + b + ".";
      double[][] mixed = attention(block + "attention.self.", x);
      x =
          normalized(
              block + "attention.output.LayerNorm",
              sum(x, multiplied(block + "attention.output.dense", mixed)));
      double[][] wide = multiplied(block + "intermediate.dense", x);
      for (double[] row : wide) {
        for (int i = 0; i < row.length; i++) {
          row[i] *= distribution(row[i]);
        }
      }
      x = normalized(block + "output.LayerNorm", sum(x, multiplied(block + "output.dense", wide)));
    }
    return x;
  }

  /** Φ by Simpson's rule from 0. */
  static double distribution(double x) {
    int n = 2000;
    double h = x / n;
    double sum = 1 + Math.exp(-x * x / 2);
    for (int i = 1; i < n; i++) {
      sum += (i % 2 == 1 ? 4 : 2) * Math.exp(-(i * h) * (i * h) / 2);
    }
    return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  private double[][] attention(String name, double[][] x) {
    double[][] q = multiplied(name + "query", x);
    double[][] k = multiplied(name + "key", x);
    double[][] v = multiplied(name + "value", x);
    int depth = CHANNELS / HEADS;
    double[][] y = new double[x.length][CHANNELS];
    for (int h = 0; h < HEADS; h++) {
      for (int i = 0; i < x.length; i++) {
        double[] e = new double[x.length];
        double total = 0;
        for (int j = 0; j < x.length; j++) {
          double score = 0;
          for (int c = h * depth; c < (h + 1) * depth; c++) {
            score += q[i][c] * k[j][c];
          }
          e[j] = Math.exp(score / Math.sqrt(depth));
          total += e[j];
        }
        for (int j = 0; j < x.length; j++) {
          for (int c = h * depth; c < (h + 1) * depth; c++) {
            y[i][c] += e[j] / total * v[j][c];
          }
        }
      }
    }
    return y;
  }

  private double[][] multiplied(String name, double[][] x) {
    float[] w = values.get(name + ".weight");
    float[] b = values.get(name + ".bias");
    double[][] y = new double[x.length][b.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < b.length; o++) {
        y[t][o] = b[o];
        for (int i = 0; i < x[t].length; i++) {
          y[t][o] += w[o * x[t].length + i] * x[t][i];
        }
      }
    }
    return y;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int c = 0; c < a[t].length; c++) {
        y[t][c] = a[t][c] + b[t][c];
      }
    }
    return y;
  }

  private double[][] normalized(String name, double[][] x) {
    double[][] y = new double[x.length][CHANNELS];
    for (int t = 0; t < x.length; t++) {
      double mean = Arrays.stream(x[t]).average().orElse(0);
      double variance = Arrays.stream(x[t]).map(v -> (v - mean) * (v - mean)).sum();
      double deviation = Math.sqrt(variance / CHANNELS + EPSILON);
      for (int c = 0; c < CHANNELS; c++) {
        y[t][c] =
            (x[t][c] - mean) / deviation * values.get(name + ".weight")[c]
                + values.get(name + ".bias")[c];
      }
    }
    return y;
  }
}
