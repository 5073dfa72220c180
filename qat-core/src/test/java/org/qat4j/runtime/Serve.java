package org.qat4j.runtime;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What the JVM that {@link ServingTest} starts executes: predicts, and looks for what is not to be
 * there. Needs no other class of the tests.
 */
public final class Serve {
  private Serve() {}

  /** Arguments: a model file, texts. Prints kernel, then index and label of each text. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String name :
        new String[] {
          "org.nd4j.linalg.factory.Nd4j",
          "org.deeplearning4j.nn.api.Model",
          "ai.onnxruntime.OrtEnvironment",
          "org.slf4j.Logger",
          "org.junit.jupiter.api.Test"
        }) {
      try {
        Class.forName(name);
        throw new IllegalStateException(name + " is on the class path");
      } catch (ClassNotFoundException expected) {
        // As it should be.
      }
    }
    Predictor predictor = Predictor.load(Path.of(args[0]));
    out.println(predictor.runtime().kernel());
    for (int i = 1; i < args.length; i++) {
      Prediction p = predictor.predict(args[i]);
      out.println(p.index() + " " + p.label() + " " + p.probability());
    }
  }
}
