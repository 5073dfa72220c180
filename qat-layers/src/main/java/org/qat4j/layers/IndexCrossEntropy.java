package org.qat4j.layers;

import java.util.Arrays;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.qat4j.QatException;

/**
 * Cross-entropy of softmax where each label is the index of the right class, [rows, 1], and not a
 * row of zeros and a one: with thousands of classes, such as the pieces of words, labels in DL4J's
 * form take as much memory as the answers, and its loss reads them several times. The value and the
 * gradient are those of DL4J's LossMCXENT. A mask [rows, 1] leaves out the rows where it is 0.
 */
public class IndexCrossEntropy implements ILossFunction {
  private static final long serialVersionUID = 1L;

  /** Smallest probability that is told from 0, so that a loss is finite; DL4J's own. */
  private static final double TINY = 1e-10;

  @Override
  public double computeScore(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask, boolean average) {
    return score(labels, softmax(preOutput, f), mask, average);
  }

  private static double score(INDArray labels, INDArray p, INDArray mask, boolean average) {
    double sum = losses(labels, p, mask).sumNumber().doubleValue();
    return average ? sum / p.size(0) : sum;
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask) {
    return losses(labels, softmax(preOutput, f), mask);
  }

  /** −ln of the probability of the right class, [rows, 1]. */
  private static INDArray losses(INDArray labels, INDArray p, INDArray mask) {
    int[] classes = classes(labels, p);
    double[] losses = new double[classes.length];
    for (int i = 0; i < losses.length; i++) {
      double weight = mask == null ? 1 : mask.getDouble(i);
      losses[i] = weight == 0 ? 0 : -weight * Math.log(Math.max(p.getDouble(i, classes[i]), TINY));
    }
    return Nd4j.create(losses, new long[] {losses.length, 1}, 'c').castTo(p.dataType());
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask) {
    return gradient(labels, softmax(preOutput, f), mask);
  }

  /** Overwrites the probabilities: p − 1 at the right class, p elsewhere, 0 where masked. */
  private static INDArray gradient(INDArray labels, INDArray p, INDArray mask) {
    int[] classes = classes(labels, p);
    for (int i = 0; i < classes.length; i++) {
      p.putScalar(i, classes[i], p.getDouble(i, classes[i]) - 1);
    }
    return mask == null ? p : p.muliColumnVector(mask.reshape(p.size(0), 1).castTo(p.dataType()));
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray preOutput, IActivation f, INDArray mask, boolean average) {
    INDArray p = softmax(preOutput, f);
    double score = score(labels, p, mask, average);
    return new Pair<>(score, gradient(labels, p, mask));
  }

  private static INDArray softmax(INDArray preOutput, IActivation f) {
    if (!(f instanceof ActivationSoftmax)) {
      throw new QatException("this loss is that of softmax, not of " + f);
    }
    return f.getActivation(preOutput.dup('c'), true);
  }

  private static int[] classes(INDArray labels, INDArray p) {
    if (labels.length() != p.size(0)) {
      throw new QatException(
          "expected the index of a class for each of "
              + p.size(0)
              + " rows, not labels of the shape "
              + Arrays.toString(labels.shape()));
    }
    int[] classes = labels.castTo(DataType.INT32).reshape(-1).toIntVector();
    for (int c : classes) {
      if (c < 0 || c >= p.size(1)) {
        throw new QatException("the class " + c + " lies outside [0, " + p.size(1) + ")");
      }
    }
    return classes;
  }

  @Override
  public String name() {
    return "IndexCrossEntropy()";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndexCrossEntropy;
  }

  @Override
  public int hashCode() {
    return IndexCrossEntropy.class.hashCode();
  }
}
