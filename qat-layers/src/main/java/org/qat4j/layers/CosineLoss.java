package org.qat4j.layers;

import java.util.Arrays;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.qat4j.QatException;

/**
 * How far the direction of a vector y is from that of the right one t: 1 − cos(y, t) for each row
 * of [rows, channels], which is half the squared distance of the two at length 1. Its gradient is
 * −(t/|t| − cos(y, t)·y/|y|) / |y|. A network that ends in a LossLayer with it answers with
 * vectors, whose lengths say nothing. A mask [rows, 1] leaves out the rows where it is 0.
 */
public class CosineLoss implements ILossFunction {
  private static final long serialVersionUID = 1L;

  /** Shorter vectors have no direction that could be told. */
  private static final double SHORTEST = 1e-12;

  @Override
  public double computeScore(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask, boolean average) {
    double sum = computeScoreArray(labels, preOutput, f, mask).sumNumber().doubleValue();
    return average ? sum / preOutput.size(0) : sum;
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask) {
    INDArray y = f.getActivation(preOutput.dup('c'), true);
    INDArray cosines = unit(y).mul(unit(right(labels, y))).sum(true, 1);
    return masked(cosines.rsubi(1), mask);
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask) {
    INDArray y = f.getActivation(preOutput.dup('c'), true);
    INDArray direction = unit(y);
    INDArray target = unit(right(labels, y));
    INDArray cosines = direction.mul(target).sum(true, 1);
    INDArray byVector = direction.muliColumnVector(cosines).subi(target).diviColumnVector(length(y));
    return f.backprop(preOutput.dup('c'), masked(byVector, mask)).getFirst();
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask, boolean average) {
    return new Pair<>(
        computeScore(labels, preOutput, f, mask, average),
        computeGradient(labels, preOutput, f, mask));
  }

  private static INDArray right(INDArray labels, INDArray y) {
    if (!Arrays.equals(labels.shape(), y.shape())) {
      throw new QatException(
          "expected right vectors of the shape "
              + Arrays.toString(y.shape())
              + ", not "
              + Arrays.toString(labels.shape())
              + "; such a network learns from another one (distillation)");
    }
    return labels.castTo(y.dataType());
  }

  private static INDArray unit(INDArray rows) {
    return rows.divColumnVector(length(rows));
  }

  private static INDArray length(INDArray rows) {
    return Transforms.max(rows.norm2(true, 1), SHORTEST, false);
  }

  private static INDArray masked(INDArray rows, INDArray mask) {
    return mask == null
        ? rows
        : rows.muliColumnVector(mask.reshape(rows.size(0), 1).castTo(rows.dataType()));
  }

  @Override
  public String name() {
    return "CosineLoss()";
  }

  @Override
  public String toString() {
    return name();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CosineLoss;
  }

  @Override
  public int hashCode() {
    return CosineLoss.class.hashCode();
  }
}
