package org.qat4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.qat4j.format.ModelFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Sample;

/** Serves models in a Java that has the module java.base alone: {@link SmallDevicesTest}. */
final class OnJavaBase {
  private OnJavaBase() {}

  /**
   * @param args a folder of models with a line per sample, then texts for the last model
   */
  public static void main(String[] args) throws IOException {
    System.out.println("modules " + ModuleLayer.boot().modules().size());
    Path folder = Path.of(args[0]);
    for (String name : Files.readAllLines(folder.resolve("models"))) {
      IntegerModel model = ModelFile.read(folder.resolve(name + ".qat"));
      IntegerRuntime runtime = new IntegerRuntime(model);
      for (String line : Files.readAllLines(folder.resolve(name + ".txt"))) {
        String[] sides = line.split("\t", 2);
        boolean same = Arrays.toString(runtime.run(sample(model, sides[0]))).equals(sides[1]);
        System.out.println(name + " " + same);
      }
    }
    for (String name : new String[] {"words", "wordpieces"}) {
      Predictor predictor = Predictor.load(folder.resolve(name + ".qat"));
      System.out.println(predictor.predict(args[1]));
    }
  }

  /** From the arrays of a line, one for each input. */
  private static Sample sample(IntegerModel model, String arrays) {
    String[] each = arrays.substring(2, arrays.length() - 2).split("\\], \\[", -1);
    int[][] tokens = new int[each.length][];
    float[][] reals = new float[each.length][];
    for (int i = 0; i < each.length; i++) {
      String[] numbers = each[i].split(", ");
      if (model.inputs().get(i).kind() == Input.Kind.TOKENS) {
        tokens[i] = Arrays.stream(numbers).mapToInt(Integer::parseInt).toArray();
      } else {
        reals[i] = new float[numbers.length];
        for (int k = 0; k < numbers.length; k++) {
          reals[i][k] = Float.parseFloat(numbers[k]);
        }
      }
    }
    return Sample.of(tokens, reals);
  }
}
