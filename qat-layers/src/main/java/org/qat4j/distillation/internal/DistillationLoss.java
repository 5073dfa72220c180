package org.qat4j.distillation.internal;

import java.util.Arrays;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.qat4j.QatException;

/**
 * The loss of a softmax layer that learns from labels y and from a teacher's probabilities t:
 *
 * <pre>(1 − w)·H(y, softmax(z)) + w·T²·KL(softmax(ln t / T) ‖ softmax(z / T))</pre>
 *
 * after Hinton, Vinyals and Dean, arXiv:1503.02531, section 2, with H the cross-entropy. The
 * divergence is their cross-entropy of soft targets less what does not depend on z; T² keeps the
 * size of its gradient w·T·(softmax(z / T) − softmax(ln t / T)) independent of T. The labels that
 * this loss is given are [y, t] side by side: {@link #targets}.
 */
public final class DistillationLoss implements ILossFunction {
  private static final long serialVersionUID = 1L;

  /** Logarithm of a probability that float32 has rounded to 0. */
  private static final double SMALLEST = Float.MIN_VALUE;

  private final double temperature;
  private final double weight;

  public DistillationLoss(
      @JsonProperty("temperature") double temperature, @JsonProperty("weight") double weight) {
    this.temperature = temperature;
    this.weight = weight;
  }

  public double getTemperature() {
    return temperature;
  }

  public double getWeight() {
    return weight;
  }

  /**
   * What the loss is given as labels.
   *
   * @param labels [n, classes] or [n, classes, t]
   * @param teacher probabilities of the same shape
   * @return [n, 2·classes] or [n, 2·classes, t]
   */
  public static INDArray targets(INDArray labels, INDArray teacher) {
    if (!Arrays.equals(labels.shape(), teacher.shape())) {
      throw new QatException(
          "the teacher answers "
              + Arrays.toString(teacher.shape())
              + " where the labels are "
              + Arrays.toString(labels.shape()));
    }
    return Nd4j.concat(1, labels, teacher.castTo(labels.dataType()));
  }

  /** One half of [y, t]: columns from {@code half·classes} on. */
  private static INDArray half(INDArray targets, INDArray z, int half) {
    long classes = z.size(1);
    if (targets.size(1) != 2 * classes) {
      throw new QatException(
          "labels "
              + Arrays.toString(targets.shape())
              + " for "
              + classes
              + " classes; expected labels and the teacher's probabilities side by side");
    }
    return targets
        .get(NDArrayIndex.all(), NDArrayIndex.interval(half * classes, (half + 1) * classes))
        .castTo(z.dataType());
  }

  private INDArray soft(INDArray targets, INDArray z) {
    INDArray log = Transforms.log(Transforms.max(half(targets, z, 1), SMALLEST, true), false);
    return Transforms.softmax(log.divi(temperature));
  }

  private static INDArray logSoftmax(INDArray z) {
    INDArray shifted = z.subColumnVector(z.max(true, 1));
    INDArray sum = Transforms.exp(shifted, true).sum(true, 1);
    return shifted.subiColumnVector(Transforms.log(sum, false));
  }

  @Override
  public double computeScore(
      INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
    double sum = computeScoreArray(labels, z, activation, mask).sumNumber().doubleValue();
    return average ? sum / z.size(0) : sum;
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray z, IActivation activation, INDArray mask) {
    INDArray hard = half(labels, z, 0).mul(logSoftmax(z)).sum(true, 1).muli(weight - 1);
    INDArray t = soft(labels, z);
    INDArray logT = Transforms.log(Transforms.max(t, SMALLEST, true), false);
    INDArray divergence = logT.subi(logSoftmax(z.div(temperature))).muli(t).sum(true, 1);
    return masked(hard.addi(divergence.muli(weight * temperature * temperature)), mask);
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray z, IActivation activation, INDArray mask) {
    INDArray y = half(labels, z, 0);
    // Labels of a class each sum to 1; those of padded steps are 0 and have no gradient.
    INDArray hard = Transforms.softmax(z).muliColumnVector(y.sum(true, 1)).subi(y);
    INDArray soft = Transforms.softmax(z.div(temperature)).subi(soft(labels, z));
    return masked(hard.muli(1 - weight).addi(soft.muli(weight * temperature)), mask);
  }

  /** Leaves out rows whose mask [n, 1] is 0. */
  private static INDArray masked(INDArray rows, INDArray mask) {
    return mask == null ? rows : rows.muliColumnVector(mask.castTo(rows.dataType()));
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
    return new Pair<>(
        computeScore(labels, z, activation, mask, average),
        computeGradient(labels, z, activation, mask));
  }

  @Override
  public String name() {
    return toString();
  }

  @Override
  public String toString() {
    return "DistillationLoss(temperature=" + temperature + ", weight=" + weight + ")";
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DistillationLoss l && l.temperature == temperature && l.weight == weight;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(temperature) * 31 + Double.hashCode(weight);
  }
}
