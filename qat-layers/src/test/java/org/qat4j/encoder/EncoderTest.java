package org.qat4j.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.QatException;

/** An encoder from a folder computes what its equations say; what is no such encoder is refused. */
class EncoderTest {
  private static final int LENGTH = 10;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"F32,''", "F16,bert.", "BF16,''"})
  void computesHiddenStates(String type, String prefix) throws IOException {
    SmallEncoder small = new SmallEncoder(prefix);
    small.write(folder, type);
    for (boolean pairs : new boolean[] {false, true}) {
      EncoderNetwork network = new EncoderNetwork(Encoder.read(folder), LENGTH, pairs);
      ComputationGraph graph = EncoderGraphs.hidden(network);
      network.setWeights(graph);
      for (String text : new String[] {"ab a.\tc", "abb c", ""}) {
        int[] ids = network.text().get(0).encoder().encode(text);
        int[] types = pairs ? network.text().get(2).encoder().encode(text) : new int[LENGTH];
        int n = (int) Arrays.stream(ids).filter(i -> i != 0).count();
        double[][] expected = small.hidden(prefix, Arrays.copyOf(ids, n), types);
        INDArray mask = Nd4j.zeros(1, LENGTH);
        mask.get(NDArrayIndex.all(), NDArrayIndex.interval(0, n)).assign(1);
        INDArray found = EncoderGraphs.run(graph, network, text, mask);
        for (int t = 0; t < n; t++) {
          for (int c = 0; c < SmallEncoder.CHANNELS; c++) {
            assertThat(found.getDouble(0, c, t)).isCloseTo(expected[t][c], within(1e-5));
          }
        }
      }
    }
  }

  @Test
  void readsModelOnnxOfAFolder() throws IOException {
    SmallEncoder small = new SmallEncoder("");
    small.write(folder, "F32");
    EncoderNetwork safe = new EncoderNetwork(Encoder.read(folder), LENGTH, true);
    ComputationGraph expected = EncoderGraphs.hidden(safe);
    safe.setWeights(expected);
    Files.delete(folder.resolve("model.safetensors"));
    Files.write(folder.resolve("model.onnx"), small.onnx());
    EncoderNetwork onnx = new EncoderNetwork(Encoder.read(folder), LENGTH, true);
    ComputationGraph found = EncoderGraphs.hidden(onnx);
    onnx.setWeights(found);
    assertThat(found.params()).isEqualTo(expected.params());
  }

  @Test
  void refusesANameThatIsThereTwice() throws IOException {
    new SmallEncoder("").write(folder, "F32");
    Path file = folder.resolve("model.safetensors");
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(
        file,
        text.replace("encoder.layer.1.output.dense.bias", "encoder.layer.0.output.dense.bias"),
        StandardCharsets.ISO_8859_1);
    assertRefused("model.safetensors", "encoder.layer.0.output.dense.bias");
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(
            () -> {
              EncoderNetwork network = new EncoderNetwork(Encoder.read(folder), LENGTH, false);
              network.setWeights(EncoderGraphs.hidden(network));
            })
        .isInstanceOf(QatException.class)
        .message()
        .contains(parts);
  }

  private void config(String from, String to) throws IOException {
    new SmallEncoder("").write(folder, "F32");
    Path file = folder.resolve("config.json");
    Files.writeString(file, Files.readString(file).replace(from, to));
  }

  @Test
  void refusesAnotherArchitecture() throws IOException {
    config("\"bert\"", "\"roberta\"");
    assertRefused("model_type", "roberta", "supported is \"bert\"");
    config("\"gelu\"", "\"gelu_new\"");
    assertRefused("hidden_act", "gelu_new");
    config("\"hidden_size\": 12", "\"hidden_size\": \"12\"");
    assertRefused("hidden_size", "an integer");
    config("\"num_attention_heads\": 3", "\"num_attention_heads\": 5");
    assertRefused("5 heads do not divide 12 channels");
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    config("\"intermediate_size\": 20", "\"intermediate_size\": 21");
    assertRefused("encoder.layer.0.intermediate.dense.weight", "[12, 20]", "expected [12, 21]");
    config("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    assertRefused("encoder.layer.2.attention.self.query.weight", "is missing");
    new SmallEncoder("model.").write(folder, "F32");
    assertRefused("embeddings.word_embeddings.weight", "is missing", "bert.");
    new SmallEncoder("").write(folder, "F64");
    assertRefused("F64", "supported are F32, F16 and BF16");
  }

  @Test
  void refusesAnotherTokenizer() throws IOException {
    new SmallEncoder("").write(folder, "F32");
    String json = SmallTokenizer.json(SmallEncoder.PIECES, true, true);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(
        file, json.replace("\"type\": \"WordPiece\", \"unk", "\"type\": \"BPE\", \"unk"));
    assertRefused("model.type", "BPE", "WordPiece");
    Files.writeString(file, json.replace("BertPreTokenizer", "Whitespace"));
    assertRefused("pre_tokenizer.type", "Whitespace");
    Files.writeString(file, json.replace("\"lstrip\": false", "\"lstrip\": true"));
    assertRefused("added_tokens[0].lstrip");
    Files.writeString(file, json.replace("[PAD]", "[NIL]"));
    assertRefused("[NIL]", "[PAD]");
  }

  @Test
  void refusesAFileThatEndsTooEarly() throws IOException {
    new SmallEncoder("").write(folder, "F32");
    Path file = folder.resolve("model.safetensors");
    byte[] all = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(all, all.length - 1));
    assertRefused("encoder.layer.1.output.LayerNorm.bias", "truncated?");
    Files.write(file, Arrays.copyOf(all, 7));
    assertRefused("no safetensors file");
  }

  @Test
  void refusesTensorsThatOverlap() throws IOException {
    new SmallEncoder("").write(folder, "F32");
    Path file = folder.resolve("model.safetensors");
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(
        file,
        text.replace("\"data_offsets\":[480,", "\"data_offsets\":[476,"),
        StandardCharsets.ISO_8859_1);
    assertRefused("embeddings.position_embeddings.weight", "overlaps");
  }

  /** Every file with a few wrong bytes is read or refused. */
  @Test
  void trustsNothing() throws IOException {
    new SmallEncoder("").write(folder, "F32");
    Path file = folder.resolve("model.safetensors");
    byte[] all = Files.readAllBytes(file);
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      byte[] wrong = all.clone();
      int changes = 1 + random.nextInt(3);
      for (int k = 0; k < changes; k++) {
        wrong[random.nextInt(3600)] =
            (byte) "0123456789[]{}:,\"aF\u0000\u00ff".charAt(random.nextInt(21));
      }
      int size = random.nextInt(8) == 0 ? random.nextInt(wrong.length) : wrong.length;
      Files.write(file, Arrays.copyOf(wrong, size));
      try {
        SafeTensors tensors = SafeTensors.open(file);
        for (String name : new SmallEncoder("").values.keySet()) {
          tensors.find(name);
        }
      } catch (QatException e) {
        assertThat(e).as("seed %d, mutant %d", seed, i).hasMessageContaining("model.safetensors");
      }
    }
  }
}
