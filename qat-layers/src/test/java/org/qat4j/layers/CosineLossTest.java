package org.qat4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;

class CosineLossTest {
  private static final int ROWS = 4;
  private static final int CHANNELS = 5;
  private static final double STEP = 1e-6;

  private final CosineLoss loss = new CosineLoss();
  private final Random random = new Random(11);
  private final INDArray vectors = reals();
  private final INDArray right = reals();
  private final INDArray mask = Nd4j.create(new double[] {1, 0, 1, 1}, new long[] {ROWS, 1});

  private INDArray reals() {
    return Nd4j.create(
        random.doubles(ROWS * CHANNELS, -2, 2).toArray(), new long[] {ROWS, CHANNELS}, 'c');
  }

  @Test
  void isZeroForOneDirectionAndTwoForTheOpposite() {
    IActivation f = new ActivationIdentity();
    INDArray same = loss.computeScoreArray(right, right.mul(3), f, null);
    assertThat(same.reshape(-1).toDoubleVector()).containsOnly(new double[ROWS], within(1e-12));
    assertThat(loss.computeScore(right, right.mul(-0.5), f, null, true))
        .isCloseTo(2, within(1e-12));
    assertThat(loss.computeScore(right, right.mul(-0.5), f, mask, false))
        .isCloseTo(6, within(1e-12));
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    for (IActivation f : new IActivation[] {new ActivationIdentity(), new ActivationTanH()}) {
      for (INDArray m : new INDArray[] {null, mask}) {
        INDArray gradient = loss.computeGradientAndScore(right, vectors, f, m, false).getSecond();
        for (int i = 0; i < ROWS * CHANNELS; i++) {
          double there = vectors.getDouble(i);
          vectors.putScalar(i, there + STEP);
          double up = loss.computeScore(right, vectors, f, m, false);
          vectors.putScalar(i, there - STEP);
          double down = loss.computeScore(right, vectors, f, m, false);
          vectors.putScalar(i, there);
          assertThat(gradient.getDouble(i))
              .as("%s, value %s", f, i)
              .isCloseTo((up - down) / (2 * STEP), within(1e-7));
        }
      }
    }
  }

  @Test
  void aVectorOfLengthZeroHasNoDirection() {
    INDArray none = Nd4j.zeros(vectors.dataType(), ROWS, CHANNELS);
    IActivation f = new ActivationIdentity();
    assertThat(loss.computeScore(right, none, f, null, true)).isCloseTo(1, within(1e-9));
    INDArray gradient = loss.computeGradient(none, vectors, f, null);
    assertThat(gradient.amaxNumber().doubleValue()).isCloseTo(0, within(1e-9));
  }

  @Test
  void asksForVectors() {
    INDArray labels = Nd4j.zeros(ROWS, 1);
    assertThatThrownBy(
            () -> loss.computeGradient(labels, vectors, new ActivationIdentity(), null))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("learns from another one");
  }
}
