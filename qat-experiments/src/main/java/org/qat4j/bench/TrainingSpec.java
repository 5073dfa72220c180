package org.qat4j.bench;

import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.QatException;
import org.qat4j.layers.MultiHeadAttentionLayer;

/**
 * Which training steps are measured, on random words: words → embedding of 100 dimensions → {@link
 * Body} → max over time → dropout → 6 classes. Or on random vectors or images: those of a body that
 * is a whole network.
 *
 * @param body what is over the embedding, or the network
 * @param lengths words per text, each ≥ 5; rows and columns of images, each ≥ 32; of vectors the
 *     one length that their network reads, whatever is given
 * @param batch texts, vectors or images per step, ≥ 1
 * @param vocabulary words of the embedding, ≥ 2
 * @param rounds how often every network gets its turn, ≥ 3; figures are medians over them
 */
public record TrainingSpec(
    Body body, List<Integer> lengths, int batch, int vocabulary, int rounds) {
  static final int DIMENSION = 100;
  static final int WIDTH = 5;
  static final int CLASSES = 6;

  /** Rows of the smallest image, of which VGG16 leaves one pixel. */
  private static final int SIDE = 32;

  /** Classes of what is measured. */
  int classes() {
    int[] widths = body.widths();
    return body.readsWords() ? CLASSES : body.readsVectors() ? widths[widths.length - 1] : 10;
  }

  /** What is over the embedding, or a whole network. */
  public enum Body {
    /** 128 filters of width 5, ReLU: the article's network. */
    CNN(128),
    /** An LSTM of 128 units in each direction. */
    LSTM(256),
    /** Attention of four heads over 128 channels. */
    ATTENTION(128),
    /** Dense layers, 784-1000-10. */
    DENSE(784, 1000, 10),
    /** Dense layers, 30-64-64-2. */
    SMALL(30, 64, 64, 2),
    /** 13 convolutions and 3 dense layers (arXiv:1409.1556), 10 classes. */
    VGG16,
    /**
     * 53 convolutions with normalizations, whose blocks are added (arXiv:1512.03385), 10 classes.
     */
    RESNET50;

    private static final int HEADS = 4;

    @SuppressWarnings("ImmutableEnumChecker") // never written
    private final int[] widths;

    Body(int... widths) {
      this.widths = widths;
    }

    /** Whether it is over an embedding of words. */
    boolean readsWords() {
      return widths.length == 1;
    }

    /** Whether it is the whole network, of dense layers. */
    boolean readsVectors() {
      return widths.length > 1;
    }

    /** Of what is over an embedding, channels that it makes; of dense layers their widths. */
    int[] widths() {
      return widths.clone();
    }

    List<Layer> layers(UnaryOperator<Layer> form) {
      int channels = widths[0];
      return switch (this) {
        case CNN -> List.of(form.apply(convolution(WIDTH, channels, Activation.RELU)));
        case LSTM ->
            List.of(
                new Bidirectional(
                    form.apply(
                        new LSTM.Builder()
                            .nIn(DIMENSION)
                            .nOut(channels / 2)
                            .activation(Activation.TANH)
                            .build())));
        case ATTENTION ->
            List.of(
                form.apply(convolution(1, 3 * channels, Activation.IDENTITY)),
                new MultiHeadAttentionLayer(HEADS));
        default -> throw new IllegalStateException("a whole network");
      };
    }

    private static Layer convolution(int width, int filters, Activation activation) {
      return new Convolution1DLayer.Builder(width)
          .nIn(DIMENSION)
          .nOut(filters)
          .activation(activation)
          .build();
    }
  }

  public TrainingSpec {
    lengths = body.readsVectors() ? List.of(body.widths[0]) : List.copyOf(lengths);
    int least = body.readsWords() ? WIDTH : body.readsVectors() ? 1 : SIDE;
    if (lengths.isEmpty() || lengths.stream().anyMatch(n -> n < least)) {
      throw new QatException(
          (body.readsWords() ? "texts have at least " : "images have rows of at least ")
              + least
              + (body.readsWords() ? " words" : " pixels")
              + ", not "
              + lengths);
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
