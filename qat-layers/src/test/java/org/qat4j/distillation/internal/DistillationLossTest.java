package org.qat4j.distillation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.qat4j.QatException;

class DistillationLossTest {
  private static final int N = 5;
  private static final int CLASSES = 4;
  private static final ActivationSoftmax SOFTMAX = new ActivationSoftmax();

  private final Random random = new Random(3);
  private final INDArray z = logits();
  private final INDArray teacher = Transforms.softmax(logits());
  private final INDArray labels = labels();
  private final INDArray targets = DistillationLoss.targets(labels, teacher);

  private INDArray logits() {
    INDArray x = Nd4j.create(DataType.DOUBLE, N, CLASSES);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, 3 * random.nextGaussian());
    }
    return x;
  }

  private INDArray labels() {
    INDArray y = Nd4j.zeros(DataType.DOUBLE, N, CLASSES);
    for (int i = 0; i < N; i++) {
      y.putScalar(i, random.nextInt(CLASSES), 1);
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5", "2, 0.9", "4, 1", "0.7, 0.2"})
  void gradientIsThatOfFiniteDifferences(double temperature, double weight) {
    DistillationLoss loss = new DistillationLoss(temperature, weight);
    INDArray mask = Nd4j.createFromArray(1.0, 1, 0, 1, 1).reshape(N, 1);
    INDArray gradient = loss.computeGradient(targets, z, SOFTMAX, mask);
    for (long i = 0; i < z.length(); i++) {
      double there = z.getDouble(i);
      z.putScalar(i, there + 1e-6);
      double up = loss.computeScore(targets, z, SOFTMAX, mask, false);
      z.putScalar(i, there - 1e-6);
      double down = loss.computeScore(targets, z, SOFTMAX, mask, false);
      z.putScalar(i, there);
      assertThat(gradient.getDouble(i)).isCloseTo((up - down) / 2e-6, within(1e-7));
    }
  }

  /** By the formula, written out. */
  @Test
  void scoreIsThatOfTheFormula() {
    double t = 3;
    double w = 0.7;
    double expected = 0;
    for (int i = 0; i < N; i++) {
      INDArray hard = Transforms.softmax(z.getRow(i, true));
      INDArray soft = Transforms.softmax(z.getRow(i, true).div(t));
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        sum += Math.pow(teacher.getDouble(i, c), 1 / t);
      }
      for (int c = 0; c < CLASSES; c++) {
        double q = Math.pow(teacher.getDouble(i, c), 1 / t) / sum;
        expected -= (1 - w) * labels.getDouble(i, c) * Math.log(hard.getDouble(c));
        expected += w * t * t * q * Math.log(q / soft.getDouble(c));
      }
    }
    assertThat(new DistillationLoss(t, w).computeScore(targets, z, SOFTMAX, null, true))
        .isCloseTo(expected / N, within(1e-9));
  }

  /** Without a teacher it would be DL4J's own. */
  @Test
  void aSmallWeightIsCrossEntropy() {
    DistillationLoss loss = new DistillationLoss(1, 1e-12);
    LossMCXENT own = new LossMCXENT();
    assertThat(loss.computeScore(targets, z, SOFTMAX, null, true))
        .isCloseTo(own.computeScore(labels, z.dup(), SOFTMAX, null, true), within(1e-9));
    INDArray gradient = loss.computeGradient(targets, z, SOFTMAX, null);
    INDArray expected = own.computeGradient(labels, z.dup(), SOFTMAX, null);
    assertThat(gradient.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-9);
  }

  @Test
  void nothingIsLearnedFromWhoAnswersTheSame() {
    INDArray same = DistillationLoss.targets(labels, Transforms.softmax(z));
    DistillationLoss loss = new DistillationLoss(2, 1);
    assertThat(loss.computeScore(same, z, SOFTMAX, null, false)).isCloseTo(0, within(1e-12));
    assertThat(loss.computeGradient(same, z, SOFTMAX, null).amaxNumber().doubleValue())
        .isLessThan(1e-12);
  }

  /** A probability that float32 has rounded to 0 does not make the loss infinite. */
  @Test
  void certainTeachers() {
    INDArray certain = DistillationLoss.targets(labels, labels).castTo(DataType.FLOAT);
    double score =
        new DistillationLoss(2, 0.5)
            .computeScore(certain, z.castTo(DataType.FLOAT), SOFTMAX, null, true);
    assertThat(score).isFinite().isPositive();
  }

  @Test
  void survivesJson() throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    DistillationLoss loss = new DistillationLoss(2, 0.5);
    assertThat(mapper.readValue(mapper.writeValueAsString(loss), DistillationLoss.class))
        .isEqualTo(loss);
  }

  @Test
  void shapesThatDoNotFit() {
    assertThatThrownBy(() -> DistillationLoss.targets(labels, Nd4j.zeros(N, 3)))
        .isInstanceOf(QatException.class)
        .hasMessage("the teacher answers [5, 3] where the labels are [5, 4]");
    assertThatThrownBy(() -> new DistillationLoss(1, 1).computeGradient(labels, z, SOFTMAX, null))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("labels [5, 4] for 4 classes");
  }
}
