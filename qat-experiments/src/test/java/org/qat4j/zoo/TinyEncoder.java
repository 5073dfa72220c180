package org.qat4j.zoo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A small random encoder in the layout of Hugging Face, which stands for a real one. */
public final class TinyEncoder {
  private static final int CHANNELS = 16;
  private static final int WIDTH = 24;
  private static final int BLOCKS = 2;
  private static final int POSITIONS = 20;

  private final Random random = new Random(3);
  private final List<String> header = new ArrayList<>();
  private final List<Float> values = new ArrayList<>();

  private TinyEncoder() {}

  /** Writes config.json, model.safetensors and vocab.txt with some words among the pieces. */
  public static void write(Path folder, String... words) throws IOException {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[unused]", "[UNK]", "[CLS]", "[SEP]"));
    pieces.add("[MASK]");
    pieces.addAll(Arrays.asList(words));
    new TinyEncoder().write(folder, pieces);
  }

  private void write(Path folder, List<String> pieces) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "bert", "hidden_act": "gelu", "hidden_size": %d, "num_attention_heads": 2,
         "num_hidden_layers": %d, "intermediate_size": %d, "vocab_size": %d,
         "max_position_embeddings": %d, "type_vocab_size": 2, "layer_norm_eps": 1e-12}"""
            .formatted(CHANNELS, BLOCKS, WIDTH, pieces.size(), POSITIONS));
    Files.writeString(folder.resolve("vocab.txt"), String.join("\n", pieces) + "\n");
    table("embeddings.word_embeddings.weight", pieces.size(), CHANNELS);
    table("embeddings.position_embeddings.weight", POSITIONS, CHANNELS);
    table("embeddings.token_type_embeddings.weight", 2, CHANNELS);
    norm("embeddings.LayerNorm");
    for (int i = 0; i < BLOCKS; i++) {
      String block = "encoder.layer." + i + ".";
      for (String part : List.of("query", "key", "value")) {
        product(block + "attention.self." + part, CHANNELS, CHANNELS);
      }
      product(block + "attention.output.dense", CHANNELS, CHANNELS);
      norm(block + "attention.output.LayerNorm");
      product(block + "intermediate.dense", WIDTH, CHANNELS);
      product(block + "output.dense", CHANNELS, WIDTH);
      norm(block + "output.LayerNorm");
    }
    byte[] json = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + 4 * values.size());
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
    values.forEach(file::putFloat);
    Files.write(folder.resolve("model.safetensors"), file.array());
  }

  private void product(String name, int out, int in) {
    table(name + ".weight", out, in);
    add(name + ".bias", 0, 0.02, out);
  }

  private void table(String name, int rows, int columns) {
    add(name, 0, 1 / Math.sqrt(columns), rows, columns);
  }

  private void norm(String name) {
    add(name + ".weight", 1, 0.1, CHANNELS);
    add(name + ".bias", 0, 0.1, CHANNELS);
  }

  private void add(String name, double mean, double deviation, int... shape) {
    int begin = 4 * values.size();
    for (int i = Arrays.stream(shape).reduce(1, Math::multiplyExact); i > 0; i--) {
      values.add((float) (mean + deviation * random.nextGaussian()));
    }
    header.add(
        "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, Arrays.toString(shape), begin, 4 * values.size()));
  }
}
