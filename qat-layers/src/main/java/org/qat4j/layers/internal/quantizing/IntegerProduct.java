package org.qat4j.layers.internal.quantizing;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AccumulatorBound;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.numerics.internal.Rounding;
import org.qat4j.numerics.internal.WeightQuantizer;

/**
 * The product of a layer in evaluation: exact integers carried in floats where the bound of (6)
 * stays below 2^24, in doubles otherwise, so that the GEMM of ND4J does the work and the result is
 * that of int32 accumulators.
 */
public final class IntegerProduct {
  private final WeightQuantizer weights;
  private final int channels;
  private final QuantParams input;
  private final boolean exactInFloat;
  private final INDArray matrix;

  /**
   * @param weights codes [channels, k]
   * @param input meaning of the codes that are multiplied
   */
  public IntegerProduct(WeightQuantizer weights, int channels, QuantParams input) {
    this.weights = weights;
    this.channels = channels;
    this.input = input;
    int zeroPoint = weights.grid().zeroPoint();
    long bound =
        AccumulatorBound.check(input, weights.codes(), channels, zeroPoint, weights.bias());
    this.exactInFloat = bound < AccumulatorBound.FLOAT_EXACT;
    byte[] codes = weights.codes();
    float[] w = new float[codes.length];
    for (int i = 0; i < w.length; i++) {
      w[i] = codes[i] - zeroPoint;
    }
    INDArray floats = Nd4j.create(w, new long[] {channels, w.length / channels}, 'c');
    // Outlives the workspace of the pass in which it is made.
    this.matrix = (exactInFloat ? floats : floats.castTo(DataType.DOUBLE)).detach();
  }

  /** (q − z) of real values, in c order, by (2). */
  public static float[] distances(INDArray x, QuantParams p) {
    return distances(Floats.read(x), p);
  }

  /** The same of values, in place. */
  public static float[] distances(float[] values, QuantParams p) {
    float scale = p.scale();
    float low = p.qmin() - p.zeroPoint();
    float high = p.qmax() - p.zeroPoint();
    for (int i = 0; i < values.length; i++) {
      // By way of an int, which is 0 for NaN.
      values[i] = (int) Rounding.nearest(Math.max(low, Math.min(high, values[i] / scale)));
    }
    return values;
  }

  /**
   * Accumulators with bias, row-major [rows, channels].
   *
   * @param distances q − z, row-major [rows, k]
   */
  public int[] accumulate(float[] distances, int rows) {
    int[] byChannel = accumulateByChannel(distances, rows);
    int[] acc = new int[byChannel.length];
    for (int c = 0; c < channels; c++) {
      for (int r = 0; r < rows; r++) {
        acc[r * channels + c] = byChannel[c * rows + r];
      }
    }
    return acc;
  }

  /** The same as [channels, rows]. */
  public int[] accumulateByChannel(float[] distances, int rows) {
    INDArray left = Floats.array(distances, rows, distances.length / rows);
    INDArray x = exactInFloat ? left : left.castTo(DataType.DOUBLE);
    // Column by column: BLAS writes that order directly, others by way of a copy.
    INDArray product = Nd4j.createUninitialized(x.dataType(), new long[] {rows, channels}, 'f');
    Nd4j.gemm(x, matrix, product, false, true, 1, 0);
    int[] acc = new int[rows * channels];
    int[] bias = weights.bias();
    float[] floats = exactInFloat ? Floats.readInMemoryOrder(product) : null;
    double[] doubles = exactInFloat ? null : product.data().asDouble();
    for (int c = 0; c < channels; c++) {
      for (int i = c * rows; i < (c + 1) * rows; i++) {
        acc[i] = (int) (floats != null ? floats[i] : doubles[i]) + bias[c];
      }
    }
    return acc;
  }

  /** Multipliers of the channels (7). */
  public float[] multipliers(QuantParams out) {
    float[] m = new float[channels];
    for (int c = 0; c < channels; c++) {
      m[c] = Requantize.multiplier(input.scale(), weights.grid().scale(c), out.scale());
    }
    return m;
  }

  /** Codes by (7) and (8), row-major. */
  public int[] codes(int[] acc, QuantParams out, int lo, int hi) {
    float[] m = multipliers(out);
    int[] codes = new int[acc.length];
    for (int i = 0; i < acc.length; ) {
      for (int c = 0; c < channels; c++, i++) {
        codes[i] = Requantize.requantize(acc[i], m[c], out.zeroPoint(), lo, hi);
      }
    }
    return codes;
  }

  /** What an accumulator of each channel is multiplied by to be real (12). */
  public float[] scales() {
    float[] scales = new float[channels];
    for (int c = 0; c < channels; c++) {
      scales[c] = Requantize.toReal(1, input.scale(), weights.grid().scale(c));
    }
    return scales;
  }

  /** Logits by (12), row-major. */
  public float[] logits(int[] acc) {
    float[] logits = new float[acc.length];
    for (int i = 0; i < acc.length; ) {
      for (int c = 0; c < channels; c++, i++) {
        logits[i] = Requantize.toReal(acc[i], input.scale(), weights.grid().scale(c));
      }
    }
    return logits;
  }
}
