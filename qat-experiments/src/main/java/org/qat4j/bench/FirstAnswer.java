package org.qat4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.util.ModelSerializer;
import org.qat4j.format.ModelFile;

/**
 * What a fresh process does: loads a model, answers one text, prints its peak memory in bytes.
 * Classes of an engine are loaded only where it is asked for.
 */
final class FirstAnswer {
  /** Engines, and how their models are loaded. */
  enum Kind {
    ONNX,
    COMPUTATION_GRAPH,
    MULTI_LAYER_NETWORK
  }

  private FirstAnswer() {}

  /** Arguments: a kind, a model file, a file with a text, the engine's own file. */
  public static void main(String[] args) throws IOException {
    String text = Files.readString(Path.of(args[2]));
    EncodedTexts texts = new EncodedTexts(ModelFile.read(Path.of(args[1])), List.of(text), 1);
    engine(Kind.valueOf(args[0]), texts, Path.of(args[3])).answer(0);
    System.out.println(PeakMemory.bytes());
    Runtime.getRuntime().halt(0);
  }

  private static Engine engine(Kind kind, EncodedTexts texts, Path file) throws IOException {
    return switch (kind) {
      case ONNX -> new OnnxEngine("", texts, Files.readAllBytes(file));
      case COMPUTATION_GRAPH ->
          new Dl4jEngine(
              "", texts, ModelSerializer.restoreComputationGraph(file.toFile(), false), 1);
      case MULTI_LAYER_NETWORK ->
          new Dl4jEngine(
              "", texts, ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false), 1);
    };
  }
}
