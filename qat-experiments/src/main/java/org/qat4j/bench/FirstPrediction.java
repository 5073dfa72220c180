package org.qat4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qat4j.runtime.Predictor;

/** The same as {@link FirstAnswer} with the Java runtime, which needs qat-core alone. */
final class FirstPrediction {
  private FirstPrediction() {}

  /** Arguments: a model file, a file with a text. */
  public static void main(String[] args) throws IOException {
    Predictor.load(Path.of(args[0])).predict(Files.readString(Path.of(args[1])));
    System.out.println(PeakMemory.bytes());
    Runtime.getRuntime().halt(0);
  }
}
