package org.qat4j.layers.internal.codes;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.plain.LayerNormParams;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.model.IntVector;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;

/**
 * Layer normalization on integers (18), as the evaluation of a layer and the frozen model have it.
 *
 * @param gain int16 at the scale 2^−shift
 * @param bias int32 at the scale 2^−(shift + 10)
 * @param shift the finest at which all fit
 */
public record TransformerCodes(IntVector gain, IntVector bias, int shift) {
  /** Added to a variance where DL4J adds nothing, so that none is 0. */
  public static final double NEARLY_ZERO = 1e-12;

  /** Of the bias, which leaves as much for the product. */
  private static final double MAX_BIAS = 0x1p30 - 1;

  /**
   * The integers of a layer normalization as it is now.
   *
   * @throws QatException if a parameter is not finite
   */
  public static TransformerCodes of(LayerQuantizer q) {
    float[] gains = Floats.read(q.layer().getParam(LayerNormParams.GAIN));
    INDArray bias = q.layer().paramTable().get(LayerNormParams.BIAS);
    float[] biases = bias == null ? new float[gains.length] : Floats.read(bias);
    int shift = 15;
    while (shift > 0
        && (largest(gains) * Math.scalb(1f, shift) > Short.MAX_VALUE
            || largest(biases) * Math.scalb(1.0, shift + LayerNormStep.FRACTION) > MAX_BIAS)) {
      shift--;
    }
    return new TransformerCodes(
        codes(gains, shift, Short.MAX_VALUE),
        codes(biases, shift + LayerNormStep.FRACTION, MAX_BIAS),
        shift);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  private static IntVector codes(float[] values, int shift, double most) {
    int[] codes = new int[values.length];
    for (int i = 0; i < codes.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new QatException("a parameter of channel " + i + " is " + values[i]);
      }
      double steps = Math.rint(Math.scalb((double) values[i], shift));
      codes[i] = (int) Math.max(-most, Math.min(most, steps));
    }
    return IntVector.of(codes);
  }

  /** A layer normalization in evaluation: [n, c] or [n, c, t] to the same. */
  public static INDArray layerNorm(LayerQuantizer q, INDArray x) {
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    TransformerCodes codes = of(q);
    int[] exponents = q.scales().exponents(Slot.INPUT);
    LayerNormStep step =
        new LayerNormStep(
            codes.gain.toArray(),
            codes.bias.toArray(),
            codes.shift,
            ((LayerNormLayer) q.conf()).getEpsilon(),
            in,
            exponents,
            out);
    boolean sequence = x.rank() == 3;
    INDArray rows = sequence ? x.permute(0, 2, 1).dup('c') : x;
    float[] values = Floats.read(rows);
    for (int i = 0; exponents.length > 0 && i < values.length; i++) {
      values[i] = Math.scalb(values[i], -exponents[i % exponents.length]);
    }
    int[] k = ints(IntegerProduct.distances(values, in));
    for (int at = 0; at < k.length; at += step.channels()) {
      step.apply(k, at, k, at);
    }
    INDArray y = Nd4j.create(reals(k, out), rows.shape(), 'c');
    return sequence ? y.permute(0, 2, 1).dup('c') : y;
  }

  /** Rows of q − z of a product, as those that a normalization and a bias make of them. */
  static void normalize(LayerQuantizer q, int[] rows, QuantParams in, QuantParams out) {
    TransformerCodes codes = of(q);
    LayerNormStep step =
        new LayerNormStep(
            codes.gain.toArray(),
            codes.bias.toArray(),
            codes.shift,
            NEARLY_ZERO,
            in,
            new int[0],
            out);
    for (int at = 0; at < rows.length; at += step.channels()) {
      step.apply(rows, at, rows, at);
    }
  }

  /** Attention in evaluation: [n, 3·c, t] to [n, c, t]. */
  public static INDArray attention(LayerQuantizer q, INDArray x, INDArray mask) {
    MultiHeadAttentionLayer conf = (MultiHeadAttentionLayer) q.conf();
    int n = (int) x.size(0);
    int steps = (int) x.size(2);
    int channels = conf.channels(x.size(1));
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    AttentionStep step =
        new AttentionStep(
            channels, conf.getHeads(), conf.getPrefix(), AttentionStep.exponential(), in, out);
    int[] k = distances(x.permute(0, 2, 1).dup('c'), in);
    int[] counts = mask == null ? null : ints(Floats.read(mask));
    int[] y = new int[n * steps * channels];
    int[] scratch = new int[steps];
    for (int b = 0; b < n; b++) {
      int at = b * steps * channels;
      step.apply(k, 3 * at, steps, counts, b * steps, scratch, y, at);
    }
    INDArray rows = Nd4j.create(reals(y, out), new long[] {n, steps, channels}, 'c');
    return rows.permute(0, 2, 1).dup('c');
  }

  private static int[] distances(INDArray x, QuantParams p) {
    return ints(IntegerProduct.distances(x, p));
  }

  private static int[] ints(float[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }

  private static float[] reals(int[] distances, QuantParams p) {
    float[] reals = new float[distances.length];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = p.scale() * (float) distances[i];
    }
    return reals;
  }
}
