package org.qat4j.bench;

import java.util.List;
import org.qat4j.QatException;

/**
 * Which training steps are measured: those of the article's network, words → embedding of 100
 * dimensions → 128 filters of width 5, ReLU → max over time → dropout → 6 classes, on random words.
 *
 * @param lengths words per text, each ≥ 5
 * @param batch texts per step, ≥ 1
 * @param vocabulary words of the embedding, ≥ 2
 * @param rounds how often every network gets its turn, ≥ 3; figures are medians over them
 */
public record TrainingSpec(List<Integer> lengths, int batch, int vocabulary, int rounds) {
  static final int DIMENSION = 100;
  static final int FILTERS = 128;
  static final int WIDTH = 5;
  static final int CLASSES = 6;

  public TrainingSpec {
    lengths = List.copyOf(lengths);
    if (lengths.isEmpty() || lengths.stream().anyMatch(n -> n < WIDTH)) {
      throw new QatException("texts have at least " + WIDTH + " words, not " + lengths);
    }
    if (batch < 1) {
      throw new QatException("a step has at least 1 text, not " + batch);
    }
    if (vocabulary < 2) {
      throw new QatException("a vocabulary has at least 2 words, not " + vocabulary);
    }
    if (rounds < 3) {
      throw new QatException("a benchmark needs at least 3 rounds, not " + rounds);
    }
  }
}
