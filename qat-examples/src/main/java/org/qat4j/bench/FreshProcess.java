package org.qat4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.qat4j.QatException;
import org.qat4j.format.ModelFile;

/** Starts a Java process for each engine, which loads its model and answers one text. */
final class FreshProcess {
  private static final int MOST_RUNS = 5;

  private FreshProcess() {}

  static List<BenchReport.Start> measure(BenchSpec spec, byte[] onnx) {
    int runs = Math.min(MOST_RUNS, spec.rounds());
    Path folder = null;
    try {
      folder = Files.createTempDirectory("qat-bench");
      Path model = folder.resolve("model.qat");
      Path text = folder.resolve("text.txt");
      ModelFile.write(spec.model(), model);
      Files.writeString(text, spec.texts().get(0));
      List<BenchReport.Start> starts = new ArrayList<>();
      starts.add(measure("Java runtime", FirstAnswer.JAVA, model, text, model, runs));
      Path onnxFile = Files.write(folder.resolve("model.onnx"), onnx);
      starts.add(measure("ONNX Runtime int8", FirstAnswer.ONNX, model, text, onnxFile, runs));
      if (spec.floatNetwork() != null) {
        Path network = folder.resolve("network.zip");
        write(spec.floatNetwork(), network);
        starts.add(measure("DL4J float", FirstAnswer.DL4J, model, text, network, runs));
      }
      return starts;
    } catch (IOException e) {
      throw new QatException("cannot write temporary files: " + e, e);
    } finally {
      delete(folder);
    }
  }

  private static void write(Model network, Path file) throws IOException {
    ModelSerializer.writeModel(network, file.toFile(), false);
  }

  private static BenchReport.Start measure(
      String engine, String kind, Path model, Path text, Path file, int runs) throws IOException {
    double[] seconds = new double[runs];
    double[] peaks = new double[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xshare:auto",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  FirstAnswer.class.getName(),
                  kind,
                  model.toString(),
                  text.toString(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      try {
        if (process.waitFor() != 0) {
          throw new QatException("a fresh process of " + engine + " failed");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new QatException("the benchmark was interrupted", e);
      }
      seconds[i] = (System.nanoTime() - start) / 1e9;
      peaks[i] = Double.parseDouble(answer.strip());
    }
    return new BenchReport.Start(
        engine, Bench.quantile(seconds, 0.5), (long) Bench.quantile(peaks, 0.5));
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
