package org.qat4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;

/** Keras files are read as networks that answer what Keras would. */
class KerasNetworksTest {
  private static final int SIZE = 12;
  private static final int PLANES = 3;
  private static final int CLASSES = 4;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void imagesAreAnsweredAsKerasDoes(boolean functional) {
    KerasFile keras = KerasFile.leNet(SIZE, PLANES, CLASSES);
    Path file = folder.resolve("lenet.h5");
    if (functional) {
      keras.writeFunctional(file);
    } else {
      keras.write(file);
    }
    Model network = SavedNetworks.load(file);
    assertThat(network instanceof ComputationGraph).isEqualTo(functional);
    Random random = new Random(3);
    for (int example = 0; example < 5; example++) {
      double[] image = random.doubles(SIZE * SIZE * PLANES, -1, 1).toArray(); // [h, w, c]
      double[] rows = new double[image.length]; // [c, h, w]
      for (int i = 0; i < image.length; i++) {
        rows[i % PLANES * SIZE * SIZE + i / PLANES] = image[i];
      }
      assertAnswers(network, rows, answer(keras, image));
    }
  }

  /** What Keras computes, channels last. */
  private static double[] answer(KerasFile keras, double[] image) {
    double[] x = conv(keras, "conv1", image, SIZE, PLANES, 5, 0, 6, v -> Math.max(0, v));
    int side = SIZE - 4;
    x = pool(x, side, 6, true);
    side /= 2;
    x = conv(keras, "conv2", x, side, 6, 3, 1, 8, Math::tanh);
    x = pool(x, side, 8, false);
    x = dense(keras, "dense", x, 16, v -> Math.max(0, v));
    return softmax(dense(keras, "answer", x, CLASSES, v -> v));
  }

  private static double[] conv(
      KerasFile keras,
      String layer,
      double[] x,
      int side,
      int in,
      int kernel,
      int pad,
      int out,
      DoubleUnaryOperator f) {
    float[] w = keras.values(layer, 0); // [kh, kw, in, out]
    int made = side + 2 * pad - kernel + 1;
    double[] y = new double[made * made * out];
    for (int i = 0; i < y.length; i++) {
      int o = i % out;
      double sum = keras.values(layer, 1)[o];
      for (int k = 0; k < kernel * kernel * in; k++) {
        int row = i / out / made + k / in / kernel - pad;
        int column = i / out % made + k / in % kernel - pad;
        if (row >= 0 && row < side && column >= 0 && column < side) {
          sum += x[(row * side + column) * in + k % in] * w[k * out + o];
        }
      }
      y[i] = f.applyAsDouble(sum);
    }
    return y;
  }

  private static double[] pool(double[] x, int side, int channels, boolean max) {
    int made = side / 2;
    double[] y = new double[made * made * channels];
    for (int i = 0; i < y.length; i++) {
      int row = i / channels / made * 2;
      int column = i / channels % made * 2;
      double best = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int k = 0; k < 4; k++) {
        double v = x[((row + k / 2) * side + column + k % 2) * channels + i % channels];
        best = Math.max(best, v);
        sum += v;
      }
      y[i] = max ? best : sum / 4;
    }
    return y;
  }

  private static double[] dense(
      KerasFile keras, String layer, double[] x, int out, DoubleUnaryOperator f) {
    float[] w = keras.values(layer, 0); // [in, out]
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      double sum = keras.values(layer, 1)[o];
      for (int i = 0; i < x.length; i++) {
        sum += x[i] * w[i * out + o];
      }
      y[o] = f.applyAsDouble(sum);
    }
    return y;
  }

  /** DL4J's own import pools the channels of this network in the place of the steps. */
  @Test
  void textsAreAnsweredAsKerasDoes() {
    KerasFile keras = new KerasFile(2);
    keras.layer(
        "Embedding",
        "words",
        KerasFile.inputShape(6)
            + "\"input_dim\": 9, \"output_dim\": 4, \"input_length\": 6, \"mask_zero\": false,"
            + " \"embeddings_initializer\": {\"class_name\": \"Zeros\", \"config\": {}}");
    keras.table("words", 9, 4);
    keras.layer("Conv1D", "conv", KerasFile.conv1d(5, 3, "relu"));
    keras.weights("conv", 12, 3, 4, 5);
    keras.layer("GlobalMaxPooling1D", "max", "\"data_format\": \"channels_last\"");
    keras.layer("Dense", "answer", KerasFile.dense(CLASSES, "softmax"));
    keras.weights("answer", 5, 5, CLASSES);
    Path file = folder.resolve("texts.h5");
    keras.write(file);
    Model network = SavedNetworks.load(file);

    double[] ids = {3, 8, 0, 1, 5, 5};
    double[] max = new double[5];
    for (int t = 0; t + 3 <= ids.length; t++) {
      for (int o = 0; o < max.length; o++) {
        double sum = keras.values("conv", 1)[o];
        for (int k = 0; k < 12; k++) {
          double x = keras.values("words", 0)[((int) ids[t + k / 4]) * 4 + k % 4];
          sum += x * keras.values("conv", 0)[k * 5 + o];
        }
        max[o] = Math.max(max[o], sum);
      }
    }
    assertAnswers(network, ids, softmax(dense(keras, "answer", max, CLASSES, v -> v)));
  }

  private static void assertAnswers(Model network, double[] row, double[] expected) {
    INDArray x = Nd4j.create(new double[][] {row}).castTo(network.params().dataType());
    INDArray answer =
        network instanceof ComputationGraph graph
            ? graph.outputSingle(x)
            : ((MultiLayerNetwork) network).output(x);
    for (int c = 0; c < CLASSES; c++) {
      assertThat(answer.getDouble(0, c)).isCloseTo(expected[c], within(1e-5));
    }
  }

  private static double[] softmax(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(v -> Math.exp(v) / sum).toArray();
  }

  @Test
  void anotherEndIsRefusedByName() {
    KerasFile keras = new KerasFile(1);
    keras.layer("Dense", "answer", KerasFile.inputShape(3) + KerasFile.dense(1, "sigmoid"));
    keras.weights("answer", 3, 3, 1);
    Path file = folder.resolve("logistic.h5");
    keras.write(file);
    assertThatThrownBy(() -> SavedNetworks.load(file))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("logistic.h5")
        .hasMessageContaining("softmax over the classes at the end, not \"answer\"");
  }
}
