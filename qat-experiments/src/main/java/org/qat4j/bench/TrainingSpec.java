package org.qat4j.bench;

import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.QatException;

/**
 * Which training steps are measured, on random words: words → embedding of 100 dimensions → {@link
 * Body} → max over time → dropout → 6 classes.
 *
 * @param body what is over the embedding
 * @param lengths words per text, each ≥ 5
 * @param batch texts per step, ≥ 1
 * @param vocabulary words of the embedding, ≥ 2
 * @param rounds how often every network gets its turn, ≥ 3; figures are medians over them
 */
public record TrainingSpec(
    Body body, List<Integer> lengths, int batch, int vocabulary, int rounds) {
  static final int DIMENSION = 100;
  static final int WIDTH = 5;
  static final int CLASSES = 6;

  /** What is over the embedding. */
  public enum Body {
    /** 128 filters of width 5, ReLU: the article's network. */
    CNN(128),
    /** An LSTM of 128 units in each direction. */
    LSTM(256);

    private final int channels;

    Body(int channels) {
      this.channels = channels;
    }

    /** Channels that it makes. */
    int channels() {
      return channels;
    }

    Layer layer(UnaryOperator<Layer> form) {
      return switch (this) {
        case CNN ->
            form.apply(
                new Convolution1DLayer.Builder(WIDTH)
                    .nIn(DIMENSION)
                    .nOut(channels)
                    .activation(Activation.RELU)
                    .build());
        case LSTM ->
            new Bidirectional(
                form.apply(
                    new LSTM.Builder()
                        .nIn(DIMENSION)
                        .nOut(channels / 2)
                        .activation(Activation.TANH)
                        .build()));
      };
    }
  }

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
