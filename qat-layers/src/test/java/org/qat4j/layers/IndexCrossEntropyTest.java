package org.qat4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.qat4j.QatException;

class IndexCrossEntropyTest {
  private static final int ROWS = 6;
  private static final int CLASSES = 5;
  private static final IActivation SOFTMAX = new ActivationSoftmax();

  private final IndexCrossEntropy loss = new IndexCrossEntropy();
  private final LossMCXENT original = new LossMCXENT();
  private final INDArray logits =
      Nd4j.create(
          new Random(3).doubles(ROWS * CLASSES, -3, 3).toArray(), new long[] {ROWS, CLASSES}, 'c');
  private final INDArray labels =
      Nd4j.create(new double[] {0, 4, 2, 2, 1, 3}, new long[] {ROWS, 1});
  private final INDArray hot = Nd4j.create(DataType.DOUBLE, ROWS, CLASSES);
  private final INDArray mask = Nd4j.create(new double[] {1, 1, 0, 1, 0, 1}, new long[] {ROWS, 1});

  IndexCrossEntropyTest() {
    for (int i = 0; i < ROWS; i++) {
      hot.putScalar(i, labels.getInt(i), 1);
    }
  }

  @Test
  void valueAndGradientAreThoseOfOneHotLabels() {
    for (INDArray m : new INDArray[] {null, mask}) {
      double expected = original.computeScore(hot, logits.dup(), SOFTMAX, m, true);
      assertThat(loss.computeScore(labels, logits.dup(), SOFTMAX, m, true))
          .isCloseTo(expected, within(1e-9));
      assertThat(
              loss.computeScoreArray(labels, logits.dup(), SOFTMAX, m).reshape(-1).toDoubleVector())
          .containsExactly(
              original
                  .computeScoreArray(hot, logits.dup(), SOFTMAX, m)
                  .reshape(-1)
                  .toDoubleVector(),
              within(1e-9));
      double[] gradient =
          original
              .computeGradient(hot, logits.dup(), SOFTMAX, m)
              .dup('c')
              .reshape(-1)
              .toDoubleVector();
      Pair<Double, INDArray> both =
          loss.computeGradientAndScore(labels, logits.dup('f'), SOFTMAX, m, true);
      assertThat(both.getFirst()).isCloseTo(expected, within(1e-9));
      assertThat(both.getSecond().dup('c').reshape(-1).toDoubleVector())
          .containsExactly(gradient, within(1e-9));
      assertThat(
              loss.computeGradient(labels, logits.dup(), SOFTMAX, m)
                  .dup('c')
                  .reshape(-1)
                  .toDoubleVector())
          .containsExactly(gradient, within(1e-9));
    }
  }

  @Test
  void refusesWhatItIsNotFor() {
    assertThatThrownBy(() -> loss.computeGradient(labels, logits, new ActivationTanH(), null))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("softmax");
    assertThatThrownBy(() -> loss.computeGradient(hot, logits, SOFTMAX, null))
        .hasMessageContaining("index of a class for each of 6 rows");
    labels.putScalar(2, 5);
    assertThatThrownBy(() -> loss.computeGradient(labels, logits, SOFTMAX, null))
        .hasMessageContaining("class 5 lies outside [0, 5)");
  }
}
