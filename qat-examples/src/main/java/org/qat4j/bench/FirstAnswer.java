package org.qat4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.util.ModelSerializer;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Predictor;

/**
 * What a fresh process does: loads a model, answers one text, prints its peak memory in bytes.
 * Classes of an engine are loaded only where it is asked for.
 */
final class FirstAnswer {
  static final String JAVA = "java";
  static final String ONNX = "onnx";
  static final String DL4J = "dl4j";

  private FirstAnswer() {}

  public static void main(String[] args) throws IOException {
    Path model = Path.of(args[1]);
    String text = Files.readString(Path.of(args[2]));
    Path file = Path.of(args[3]);
    switch (args[0]) {
      case JAVA -> Predictor.load(model).predict(text);
      case ONNX -> onnx(ModelFile.read(model), text, file);
      default -> dl4j(ModelFile.read(model), text, file);
    }
    System.out.println(peakBytes());
    Runtime.getRuntime().halt(0);
  }

  private static void onnx(IntegerModel model, String text, Path file) throws IOException {
    Engine.onnx(ONNX, model, Files.readAllBytes(file), 1)
        .answer(List.<int[][]>of(Engine.encode(model, text)));
  }

  private static void dl4j(IntegerModel model, String text, Path file) throws IOException {
    boolean graph = model.inputs().size() > 1 || !model.inputs().get(0).name().equals("input");
    Engine.dl4j(
            DL4J,
            graph
                ? ModelSerializer.restoreComputationGraph(file.toFile(), false)
                : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false))
        .answer(List.<int[][]>of(Engine.encode(model, text)));
  }

  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return -1;
  }
}
