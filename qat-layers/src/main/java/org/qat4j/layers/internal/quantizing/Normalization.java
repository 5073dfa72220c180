package org.qat4j.layers.internal.quantizing;

import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;

/**
 * A batch normalization with its running statistics: y = g·x + h per channel, with g = γ / √(σ² +
 * ε) and h = β − g·μ (Ioffe and Szegedy, arXiv:1502.03167, section 3.1). A product in front of it
 * takes it over: w′ = g·w, b′ = g·b + h.
 *
 * <p>The codes of symmetric weights do not depend on g, apart from their sign, if the scale is
 * multiplied by |g|: rint(g·w / (|g|·s)) = ±rint(w / s). So the weights are rounded alike with the
 * statistics of a batch in training and with the running ones in evaluation, and the correction of
 * Krishnamoorthi (arXiv:1806.08342, section 3.2.2), which keeps them apart, has nothing to do.
 */
public final class Normalization {
  private final float[] g;
  private final float[] h;
  private final float[] mean;
  private final float[] inverse;

  private Normalization(float[] g, float[] h, float[] mean, float[] inverse) {
    this.g = g;
    this.h = h;
    this.mean = mean;
    this.inverse = inverse;
  }

  static Normalization of(BatchNormalization conf, Map<String, INDArray> params) {
    float[] mean = Floats.read(params.get(BatchNormalizationParamInitializer.GLOBAL_MEAN));
    float[] spread =
        Floats.read(
            params.get(
                conf.isUseLogStd()
                    ? BatchNormalizationParamInitializer.GLOBAL_LOG_STD
                    : BatchNormalizationParamInitializer.GLOBAL_VAR));
    INDArray gamma = params.get(BatchNormalizationParamInitializer.GAMMA);
    INDArray beta = params.get(BatchNormalizationParamInitializer.BETA);
    float[] gammas = gamma == null ? null : Floats.read(gamma);
    float[] betas = beta == null ? null : Floats.read(beta);
    float[] g = new float[mean.length];
    float[] h = new float[mean.length];
    float[] inverse = new float[mean.length];
    for (int c = 0; c < g.length; c++) {
      double variance = conf.isUseLogStd() ? Math.pow(10, 2.0 * spread[c]) : spread[c];
      double deviation = Math.sqrt(variance + conf.getEps());
      double factor = (gammas == null ? conf.getGamma() : gammas[c]) / deviation;
      inverse[c] = (float) (1 / deviation);
      g[c] = (float) factor;
      h[c] = (float) ((betas == null ? conf.getBeta() : betas[c]) - factor * mean[c]);
    }
    return new Normalization(g, h, mean, inverse);
  }

  /** g. */
  public float[] factors() {
    return g.clone();
  }

  /** h. */
  public float[] shifts() {
    return h.clone();
  }

  /** μ. */
  public float[] means() {
    return mean.clone();
  }

  /** 1 / √(σ² + ε). */
  public float[] inverseDeviations() {
    return inverse.clone();
  }

  /** Weights [channels, k] of a product that takes this over. */
  public float[] weights(float[] w) {
    float[] folded = new float[w.length];
    int k = w.length / g.length;
    for (int i = 0; i < w.length; i++) {
      folded[i] = g[i / k] * w[i];
    }
    return folded;
  }

  /** Its bias. */
  public float[] bias(float[] b) {
    float[] folded = h.clone();
    for (int c = 0; b != null && c < folded.length; c++) {
      folded[c] += g[c] * b[c];
    }
    return folded;
  }

  /** Its grid: one scale per channel. Where γ = 0 the scale is the smallest that there is. */
  public WeightGrid grid(WeightGrid grid) {
    float[] scales = new float[g.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = Math.max(grid.scale(c) * Math.abs(g[c]), QuantParams.MIN_SCALE);
    }
    return grid.withScales(scales);
  }

  /** By itself: a product of each channel with one weight. */
  public WeightGrid grid() {
    return exact(g);
  }

  /** A grid with a scale for each of some weights, whose codes are ±127. */
  public static WeightGrid exact(float[] weights) {
    int most = QuantParams.maxCode(Byte.SIZE);
    float[] scales = new float[weights.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = Math.max(Math.abs(weights[c]) / most, QuantParams.MIN_SCALE);
    }
    return new WeightGrid(scales, 0, -most, most);
  }
}
