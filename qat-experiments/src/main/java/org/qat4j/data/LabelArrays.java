package org.qat4j.data;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.text.TextEncoder;

/** What is right for the texts of a batch, as arrays; each kind of question asks for its own. */
final class LabelArrays {
  private final EncodedExamples texts;
  private final Staging staging = new Staging();

  LabelArrays(EncodedExamples texts) {
    this.texts = texts;
  }

  /** Classes of texts, one-hot (n, classes). */
  INDArray classes(int[] numbers) {
    int classes = texts.names.size();
    float[] hot = staging.zeros(numbers.length * classes);
    for (int i = 0; i < numbers.length; i++) {
      hot[i * classes + texts.examples.get(numbers[i]).label()] = 1f;
    }
    return Nd4j.create(hot, new long[] {numbers.length, classes}, 'c');
  }

  /** Right numbers of texts, (n, 1). */
  INDArray reals(int[] numbers) {
    float[] reals = staging.of(numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      reals[i] = (float) texts.examples.get(numbers[i]).number();
    }
    return Nd4j.create(reals, new long[] {numbers.length, 1}, 'c');
  }

  /** Tags of texts, one-hot (n, tags, steps). */
  INDArray tags(int[] numbers, int cut) {
    int tags = texts.names.size();
    int steps = texts.lengths[0] - cut;
    float[] hot = staging.zeros(numbers.length * tags * steps);
    for (int i = 0; i < numbers.length; i++) {
      List<Integer> right = texts.examples.get(numbers[i]).tags();
      int[] at = texts.tokenSteps(numbers[i]);
      for (int t = 0; t < at.length && at[t] < steps; t++) {
        hot[(i * tags + right.get(t)) * steps + at[t]] = 1f;
      }
    }
    return Nd4j.create(hot, new long[] {numbers.length, tags, steps}, 'c');
  }

  /** 1 for the steps of texts at which a token has its tag, 0 for all others, (n, steps). */
  INDArray mask(int[] numbers, int cut) {
    int steps = texts.lengths[0] - cut;
    float[] mask = new float[numbers.length * steps];
    for (int i = 0; i < numbers.length; i++) {
      for (int step : texts.tokenSteps(numbers[i])) {
        if (step < steps) {
          mask[i * steps + step] = 1f;
        }
      }
    }
    return Nd4j.create(mask, new long[] {numbers.length, steps}, 'c');
  }

  /** Pieces that come next in texts, (n, 1, steps), and a mask of them, (n, steps). */
  INDArray[] pieces(int[] numbers, int cut) {
    int n = numbers.length;
    int steps = texts.translationSteps() - cut;
    float[] pieces = new float[n * steps];
    float[] mask = new float[n * steps];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = texts.next(numbers[i / steps], i % steps);
      mask[i] = pieces[i] == TextEncoder.PADDING ? 0 : 1;
    }
    return new INDArray[] {
      Nd4j.create(pieces, new long[] {n, 1, steps}, 'c'),
      Nd4j.create(mask, new long[] {n, steps}, 'c')
    };
  }

  /** An array that is filled and copied out of anew in every batch. */
  static final class Staging {
    private float[] values = {};

    float[] of(int size) {
      if (values.length != size) {
        values = new float[size];
      }
      return values;
    }

    float[] zeros(int size) {
      float[] zeros = of(size);
      Arrays.fill(zeros, 0f);
      return zeros;
    }
  }
}
