package org.qat4j.runtime;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;

/** Inputs for a model of which no data is at hand. */
final class RandomSamples {
  private RandomSamples() {}

  /** The same seed gives the same samples. */
  static List<Sample> of(IntegerModel model, int count, long seed) {
    Random random = new Random(seed);
    return Stream.generate(() -> draw(model, random))
        .limit(count)
        .collect(Collectors.toUnmodifiableList());
  }

  /** One sample: a text of any length with padding behind, real values around 0. */
  static Sample draw(IntegerModel model, Random random) {
    int n = model.inputs().size();
    int[][] tokens = new int[n][];
    float[][] reals = new float[n][];
    for (int i = 0; i < n; i++) {
      Input input = model.inputs().get(i);
      int size = model.value(input.name()).size();
      if (input.kind() == Input.Kind.TOKENS) {
        tokens[i] = tokens(size, input.vocabularySize(), random);
      } else {
        reals[i] = reals(size, random);
      }
    }
    return Sample.of(tokens, reals);
  }

  /** Some texts are short: padding (id 0) follows. */
  private static int[] tokens(int size, int vocabulary, Random random) {
    int[] ids = new int[size];
    int used = random.nextInt(4) == 0 ? random.nextInt(size + 1) : size;
    for (int t = 0; t < used; t++) {
      ids[t] = random.nextInt(vocabulary);
    }
    return ids;
  }

  private static float[] reals(int size, Random random) {
    float[] x = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
