package org.qat4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Predictor;

/** The same as {@link FirstAnswer} with the Java runtime, which needs qat-core alone. */
final class FirstPrediction {
  private FirstPrediction() {}

  /** Arguments: a model file, a file with a text. */
  public static void main(String[] args) throws IOException {
    answer(Predictor.load(Path.of(args[0])), Files.readString(Path.of(args[1])));
    System.out.println(PeakMemory.bytes());
    Runtime.getRuntime().halt(0);
  }

  /** Which number of an answer is the largest. */
  static int answer(Predictor predictor, String text) {
    if (predictor.isVector()) {
      return IntegerRuntime.argmax(predictor.embed(text));
    }
    return predictor.isNumber()
        ? IntegerRuntime.argmax(new float[] {predictor.number(text)})
        : predictor.classify(text);
  }
}
