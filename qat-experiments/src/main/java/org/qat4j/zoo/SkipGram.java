package org.qat4j.zoo;

import java.util.Arrays;
import java.util.Random;

/**
 * Word vectors by skip-gram with negative sampling (Mikolov et al. 2013, arXiv 1310.4546, equation
 * 4), from texts alone. In one thread, so that a seed gives the same vectors every time; DL4J's
 * Word2Vec trains with races.
 */
final class SkipGram {
  private static final int WINDOW = 5;
  private static final int NEGATIVES = 5;
  private static final double FIRST_RATE = 0.025;

  /** Power of the counts that negatives are drawn by, as in the paper. */
  private static final double SMOOTHING = 0.75;

  private static final int DRAWS = 1 << 20;

  private final int dimension;
  private final float[] vectors; // (vocabulary, dimension)
  private final float[] contexts; // likewise
  private final int[] draws; // ids, each as often as it is drawn
  private final float[] change;
  private final Random random;

  private SkipGram(int[][] texts, int vocabulary, int dimension, long seed) {
    this.dimension = dimension;
    this.random = new Random(seed);
    this.vectors = new float[vocabulary * dimension];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (random.nextFloat() - 0.5f) / dimension;
    }
    this.contexts = new float[vectors.length];
    this.change = new float[dimension];
    this.draws = draws(texts, vocabulary);
  }

  /**
   * Trains.
   *
   * @param texts ids of their words, without padding
   * @param vocabulary ids lie in [0, vocabulary)
   * @param epochs passes over the texts, ≥ 1
   * @return vectors (vocabulary, dimension), row-major; those of ids that no text has are near 0
   */
  static float[] train(int[][] texts, int vocabulary, int dimension, int epochs, long seed) {
    SkipGram words = new SkipGram(texts, vocabulary, dimension, seed);
    long tokens = (long) epochs * Arrays.stream(texts).mapToInt(t -> t.length).sum();
    long done = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int[] text : texts) {
        float rate = (float) (FIRST_RATE * (1 - done / (tokens + 1.0)));
        words.pass(text, rate);
        done += text.length;
      }
    }
    return words.vectors;
  }

  private static int[] draws(int[][] texts, int vocabulary) {
    double[] weights = new double[vocabulary];
    for (int[] text : texts) {
      for (int id : text) {
        weights[id]++;
      }
    }
    double sum = 0;
    for (int id = 0; id < vocabulary; id++) {
      weights[id] = Math.pow(weights[id], SMOOTHING);
      sum += weights[id];
    }
    int[] draws = new int[DRAWS];
    int id = 0;
    double below = weights[0] / sum;
    for (int i = 0; i < DRAWS; i++) {
      while (i >= below * DRAWS && id < vocabulary - 1) {
        below += weights[++id] / sum;
      }
      draws[i] = id;
    }
    return draws;
  }

  /** Every word predicts its neighbours, within a window of random width as in the paper's code. */
  private void pass(int[] text, float rate) {
    for (int i = 0; i < text.length; i++) {
      int window = 1 + random.nextInt(WINDOW);
      for (int j = Math.max(0, i - window); j <= Math.min(text.length - 1, i + window); j++) {
        if (j != i) {
          step(text[i], text[j], rate);
        }
      }
    }
  }

  private void step(int word, int neighbour, float rate) {
    int v = word * dimension;
    Arrays.fill(change, 0);
    for (int n = 0; n <= NEGATIVES; n++) {
      int other = n == 0 ? neighbour : draws[random.nextInt(DRAWS)];
      if (n > 0 && other == neighbour) {
        continue;
      }
      int c = other * dimension;
      float product = 0;
      for (int d = 0; d < dimension; d++) {
        product += vectors[v + d] * contexts[c + d];
      }
      float wanted = n == 0 ? 1 : 0;
      float g = rate * (wanted - (float) (1 / (1 + Math.exp(-product))));
      for (int d = 0; d < dimension; d++) {
        change[d] += g * contexts[c + d];
        contexts[c + d] += g * vectors[v + d];
      }
    }
    for (int d = 0; d < dimension; d++) {
      vectors[v + d] += change[d];
    }
  }
}
