package org.qat4j.examples;

import java.nio.file.Path;
import org.qat4j.format.ModelFile;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;

/** Runs a model that reads numbers. Needs the jar of qat-core and nothing else. */
public final class RunIntegers {
  private RunIntegers() {}

  /** Arguments: a model file, then the numbers that it reads. */
  public static void main(String[] args) {
    IntegerRuntime runtime = new IntegerRuntime(ModelFile.read(Path.of(args[0])));
    float[] input = new float[args.length - 1];
    for (int i = 0; i < input.length; i++) {
      input[i] = Float.parseFloat(args[i + 1]);
    }
    float[] probabilities = runtime.run(Sample.ofReals(input));
    int best = IntegerRuntime.argmax(probabilities);
    System.out.println("class " + best + " with probability " + probabilities[best]);
  }
}
