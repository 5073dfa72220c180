package org.qat4j.numerics.internal;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/**
 * Decides for each weight of a layer whether it is rounded up or down, so that the layer's output,
 * and not each weight by itself, changes least (Nagel et al., arXiv:2004.10568).
 *
 * <p>With h(V) in [0, 1], the rectified sigmoid of equation (23), a channel's weights are relaxed
 * to w̃ = s·clip(⌊w/s⌋ + h(V)), equation (22). Minimized over V is equation (21),
 *
 * <pre>E|w·x − w̃·x̂|² + λ·Σ(1 − |2h(V) − 1|^β)</pre>
 *
 * by Adam, x being what the layer reads in the float network and x̂ what it reads in the quantized
 * one (asymmetric reconstruction, section 4.2). The expectation is quadratic in w̃, so that the
 * second moments E[x̂x̂ᵀ] and E[x̂xᵀ] are all that is needed of the data. It is divided by the
 * error that rounding to nearest makes, and by the number of weights, which makes λ independent of
 * scales. β falls from 20 to 2 and pushes h to 0 or 1; for the first fifth of the steps λ is 0.
 */
public final class AdaRound {
  private static final double ZETA = 1.1;
  private static final double GAMMA = -0.1;
  private static final double LAMBDA = 0.05;
  private static final double RATE = 0.02;
  private static final double WARM_UP = 0.2;
  private static final double FIRST_BETA = 20;
  private static final double LAST_BETA = 2;

  private final int k;

  /** Rows of E[x̂x̂ᵀ], which is symmetric. */
  private final double[][] gram;

  private final double[] cross;
  private final int steps;

  /**
   * @param k weights of a channel
   * @param gram E[x̂x̂ᵀ], [k, k], row-major
   * @param cross E[x̂xᵀ], [k, k], row-major
   * @param steps of the optimizer, ≥ 1
   */
  public AdaRound(int k, double[] gram, double[] cross, int steps) {
    if (gram.length != k * k || cross.length != k * k || steps < 1) {
      throw new QatException(
          "AdaRound needs two matrices of " + k + " × " + k + " and at least one step");
    }
    this.k = k;
    this.gram = new double[k][];
    for (int i = 0; i < k; i++) {
      this.gram[i] = Arrays.copyOfRange(gram, i * k, (i + 1) * k);
    }
    this.cross = cross;
    this.steps = steps;
  }

  /**
   * Weights that lie on the grid, so that rounding to nearest leaves them where they are. A channel
   * for which nothing better is found is rounded to nearest.
   *
   * @param weights [channels, k], row-major
   * @param channelDone is told of each channel, from several threads
   */
  public float[] round(float[] weights, WeightGrid grid, Runnable channelDone) {
    float[] rounded = new float[weights.length];
    IntStream.range(0, weights.length / k)
        .parallel()
        .forEach(
            c -> {
              round(weights, c, grid, rounded);
              channelDone.run();
            });
    return rounded;
  }

  private void round(float[] w, int channel, WeightGrid grid, float[] rounded) {
    int from = channel * k;
    QuantParams[] p = new QuantParams[k];
    Runs groups = grid.groups(k);
    double[] target = times(cross, w, from);
    double[] nearest = new double[k];
    double[] low = new double[k];
    double[] v = new double[k];
    for (int i = 0; i < k; i++) {
      p[i] = grid.group(groups.of(from + i));
      nearest[i] = p[i].fakeQuantize(w[from + i]);
      low[i] = Math.floor(w[from + i] / p[i].scale());
      double rest = w[from + i] / p[i].scale() - low[i];
      double h = Math.max(0.01, Math.min(0.99, (rest - GAMMA) / (ZETA - GAMMA)));
      v[i] = Math.log(h / (1 - h));
    }
    double worst = error(nearest, target, w, from);
    if (worst > 0) {
      learn(v, low, target, p, worst);
    }
    double[] learned = new double[k];
    for (int i = 0; i < k; i++) {
      learned[i] = (double) p[i].scale() * clip(low[i] + (rectified(v[i]) >= 0.5 ? 1 : 0), p[i]);
    }
    boolean better = error(learned, target, w, from) < worst;
    for (int i = 0; i < k; i++) {
      rounded[from + i] = (float) (better ? learned[i] : nearest[i]);
    }
  }

  private void learn(double[] v, double[] low, double[] target, QuantParams[] p, double worst) {
    double unit = k / worst;
    double[] first = new double[k];
    double[] second = new double[k];
    double[] soft = new double[k];
    double[] product = new double[k]; // E[x̂x̂ᵀ]·soft
    for (int step = 0; step < steps; step++) {
      double done = (double) step / steps;
      double lambda = done < WARM_UP ? 0 : LAMBDA;
      double left = Math.min(1, (1 - done) / (1 - WARM_UP));
      double beta = LAST_BETA + (FIRST_BETA - LAST_BETA) * left;
      for (int i = 0; i < k; i++) {
        double now = p[i].scale() * clip(low[i] + rectified(v[i]), p[i]);
        if (now != soft[i]) {
          add(gram[i], now - soft[i], product);
          soft[i] = now;
        }
      }
      for (int i = 0; i < k; i++) {
        double sigmoid = 1 / (1 + Math.exp(-v[i]));
        double h = sigmoid * (ZETA - GAMMA) + GAMMA;
        double code = low[i] + Math.max(0, Math.min(1, h));
        boolean moves = h > 0 && h < 1 && code == clip(code, p[i]);
        if (!moves) {
          continue;
        }
        double byWeight = product[i] - target[i];
        double d = 2 * h - 1;
        double byH =
            2 * byWeight * p[i].scale() * unit
                - lambda * beta * 2 * Math.signum(d) * Math.pow(Math.abs(d), beta - 1);
        double gradient = byH * sigmoid * (1 - sigmoid) * (ZETA - GAMMA);
        first[i] += 0.1 * (gradient - first[i]);
        second[i] += 0.001 * (gradient * gradient - second[i]);
        double m = first[i] / (1 - Math.pow(0.9, step + 1));
        double s = second[i] / (1 - Math.pow(0.999, step + 1));
        v[i] -= RATE * m / (Math.sqrt(s) + 1e-12);
      }
    }
  }

  private static void add(double[] row, double times, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += times * row[i];
    }
  }

  private static double rectified(double v) {
    double h = (ZETA - GAMMA) / (1 + Math.exp(-v)) + GAMMA;
    return Math.max(0, Math.min(1, h));
  }

  private static double clip(double distance, QuantParams p) {
    return Math.max(p.qmin() - p.zeroPoint(), Math.min(p.qmax() - p.zeroPoint(), distance));
  }

  /** E|w·x − w̃·x̂|² but for the constant part: w̃ᵀGw̃ − 2w̃ᵀMw, plus wᵀGw in its place. */
  private double error(double[] rounded, double[] target, float[] w, int from) {
    double sum = 0;
    for (int i = 0; i < k; i++) {
      double row = 0;
      double own = 0;
      for (int j = 0; j < k; j++) {
        row += gram[i][j] * rounded[j];
        own += gram[i][j] * w[from + j];
      }
      sum += rounded[i] * (row - 2 * target[i]) + w[from + i] * own;
    }
    return sum;
  }

  private double[] times(double[] matrix, float[] w, int from) {
    double[] product = new double[k];
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        product[i] += matrix[i * k + j] * w[from + j];
      }
    }
    return product;
  }
}
