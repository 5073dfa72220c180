package org.qat4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SkipGramTest {
  private static final int DIMENSION = 12;

  /** Words 2 to 5 stand among words 10 to 19, words 6 to 9 among words 20 to 29. */
  private static int[][] texts() {
    Random random = new Random(3);
    int[][] texts = new int[600][];
    for (int i = 0; i < texts.length; i++) {
      int side = i % 2;
      texts[i] = new int[9];
      for (int w = 0; w < 9; w++) {
        texts[i][w] =
            w % 3 == 1 ? 2 + 4 * side + random.nextInt(4) : 10 + 10 * side + random.nextInt(10);
      }
    }
    return texts;
  }

  @Test
  void wordsOfTheSameNeighboursAreAlike() {
    float[] v = SkipGram.train(texts(), 30, DIMENSION, 20, 1);
    for (int a = 2; a < 6; a++) {
      for (int b = 2; b < 6; b++) {
        assertThat(cosine(v, a, b))
            .as("words %d and %d, against words 6 to 9", a, b)
            .isGreaterThan(0.3 + cosine(v, a, b + 4));
      }
    }
  }

  @Test
  void sameSeedSameVectors() {
    float[] first = SkipGram.train(texts(), 30, DIMENSION, 1, 1);
    assertThat(SkipGram.train(texts(), 30, DIMENSION, 1, 1)).isEqualTo(first);
    assertThat(SkipGram.train(texts(), 30, DIMENSION, 1, 2)).isNotEqualTo(first);
  }

  private static double cosine(float[] v, int a, int b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int d = 0; d < DIMENSION; d++) {
      ab += v[a * DIMENSION + d] * v[b * DIMENSION + d];
      aa += v[a * DIMENSION + d] * v[a * DIMENSION + d];
      bb += v[b * DIMENSION + d] * v[b * DIMENSION + d];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
