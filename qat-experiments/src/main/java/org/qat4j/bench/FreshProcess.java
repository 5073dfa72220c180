package org.qat4j.bench;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.qat4j.QatException;
import org.qat4j.format.ModelFile;
import org.qat4j.runtime.Predictor;

/** Starts a Java process for each engine, which loads its model and answers one text. */
final class FreshProcess {
  private static final int MOST_RUNS = 5;

  private final Path folder;
  private final int runs;

  private FreshProcess(Path folder, int runs) {
    this.folder = folder;
    this.runs = runs;
  }

  static List<BenchReport.Start> measure(BenchSpec spec, byte[] onnx) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("qat-bench");
      return new FreshProcess(folder, Math.min(MOST_RUNS, spec.rounds())).starts(spec, onnx);
    } catch (IOException e) {
      throw new QatException("cannot write temporary files: " + e, e);
    } finally {
      delete(folder);
    }
  }

  private List<BenchReport.Start> starts(BenchSpec spec, byte[] onnx) throws IOException {
    String model = folder.resolve("model.qat").toString();
    String text = folder.resolve("text.txt").toString();
    ModelFile.write(spec.model(), Path.of(model));
    Files.writeString(Path.of(text), spec.texts().get(0));
    List<BenchReport.Start> starts = new ArrayList<>();
    String core = location(Predictor.class) + File.pathSeparator + location(FirstPrediction.class);
    starts.add(measure("Java runtime", core, FirstPrediction.class, model, text));

    String all = System.getProperty("java.class.path");
    Path file = Files.write(folder.resolve("model.onnx"), onnx);
    starts.add(
        measure(
            "ONNX Runtime int8",
            all,
            FirstAnswer.class,
            FirstAnswer.Kind.ONNX.name(),
            model,
            text,
            file.toString()));
    if (spec.floatNetwork() != null) {
      Path network = folder.resolve("network.zip");
      ModelSerializer.writeModel(spec.floatNetwork(), network.toFile(), false);
      FirstAnswer.Kind kind =
          spec.floatNetwork() instanceof ComputationGraph
              ? FirstAnswer.Kind.COMPUTATION_GRAPH
              : FirstAnswer.Kind.MULTI_LAYER_NETWORK;
      starts.add(
          measure(
              "DL4J float", all, FirstAnswer.class, kind.name(), model, text, network.toString()));
    }
    return starts;
  }

  /** The jar or folder that a class comes from. */
  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new QatException("cannot find the jar of " + type, e);
    }
  }

  private BenchReport.Start measure(
      String engine, String classPath, Class<?> main, String... arguments) throws IOException {
    double[] seconds = new double[runs];
    double[] peaks = new double[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      peaks[i] = JavaProcess.number(engine, classPath, List.of(), main, arguments);
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    return new BenchReport.Start(
        engine, Bench.quantile(seconds, 0.5), (long) Bench.quantile(peaks, 0.5));
  }

  /** Deletes a temporary folder with the files in it. */
  static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new QatException("cannot delete the temporary folder " + folder + ": " + e, e);
    }
  }
}
