package org.qat4j.layers;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The Gaussian error linear unit x·Φ(x) (Hendrycks and Gimpel, arXiv:1606.08415, section 2) with
 * the distribution function itself, as encoders of the BERT family were trained with; DL4J's has
 * approximations of it.
 */
public final class GeluErf extends BaseActivationFunction {
  private static final long serialVersionUID = 1L;

  private static final double SERIES = 3;

  /** Φ(x), a new array. */
  private static INDArray distribution(INDArray x) {
    INDArray scaled = x.mul(Math.sqrt(0.5));
    return Nd4j.getExecutioner().exec(new Erf(scaled, scaled)).addi(1).muli(0.5);
  }

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    return in.muli(distribution(in));
  }

  /** The derivative is Φ(x) + x·φ(x). */
  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    assertShape(in, epsilon);
    INDArray density =
        Transforms.exp(in.mul(in).muli(-0.5), false).muli(1 / Math.sqrt(2 * Math.PI));
    return new Pair<>(density.muli(in).addi(distribution(in)).muli(epsilon), null);
  }

  /** The function of one number. */
  public static double apply(double x) {
    return x / 2 * (x < 0 ? complement(-x * Math.sqrt(0.5)) : 2 - complement(x * Math.sqrt(0.5)));
  }

  /**
   * 1 − erf(x) for x ≥ 0: by the series 7.6.2, and for large numbers by the continued fraction
   * 7.9.1 of the NIST Digital Library of Mathematical Functions.
   */
  private static double complement(double x) {
    double factor = Math.exp(-x * x) / Math.sqrt(Math.PI);
    if (x < SERIES) {
      double term = x;
      double sum = x;
      for (int n = 1; term > sum * 1e-17; n++) {
        term *= 2 * x * x / (2 * n + 1);
        sum += term;
      }
      return 1 - 2 * factor * sum;
    }
    double tail = x;
    for (int n = 60; n > 0; n--) {
      tail = x + n / 2.0 / tail;
    }
    return factor / tail;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GeluErf;
  }

  @Override
  public int hashCode() {
    return GeluErf.class.hashCode();
  }

  @Override
  public String toString() {
    return "gelu (erf)";
  }
}
