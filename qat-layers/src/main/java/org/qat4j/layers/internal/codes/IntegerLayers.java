package org.qat4j.layers.internal.codes;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.layers.internal.fast.ConvolutionKernel;
import org.qat4j.layers.internal.host.ConvShape;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Normalization;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.numerics.internal.Rounding;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.numerics.internal.WeightQuantizer;

/** Layers in evaluation: real values that stand for codes in, integer arithmetic, the same out. */
public final class IntegerLayers {
  private IntegerLayers() {}

  /** [n, k] to [n, o]. */
  public static INDArray dense(
      LayerQuantizer q,
      INDArray x,
      Map<String, INDArray> params,
      IActivation activation,
      boolean hasBias) {
    QuantParams in = q.scales().inputOfPass();
    int rows = (int) x.size(0);
    int channels = (int) params.get(DefaultParamInitializer.WEIGHT_KEY).size(1);
    IntegerProduct product = denseProduct(q, params, hasBias, in);
    int[] acc = product.accumulate(IntegerProduct.distances(x, in), rows);
    return Nd4j.create(activated(q, product, acc, activation), new long[] {rows, channels}, 'c');
  }

  /** The same with a layer normalization between product and bias. */
  public static INDArray normalizedDense(
      LayerQuantizer q, INDArray x, int channels, IActivation activation) {
    QuantParams in = q.scales().input();
    QuantParams middle = q.scales().of(Slot.MIDDLE);
    QuantParams out = q.scales().output();
    boolean last = q.scales().range(Slot.PRE) == null;
    QuantParams made = last ? out : q.scales().of(Slot.PRE);
    IntegerProduct product = product(q, null, channels, in);
    int rows = (int) x.size(0);
    int[] acc = product.accumulate(IntegerProduct.distances(x, in), rows);
    int[] codes = product.codes(acc, middle, middle.qmin(), middle.qmax());
    for (int i = 0; i < codes.length; i++) {
      codes[i] -= middle.zeroPoint();
    }
    TransformerCodes.normalize(q, codes, middle, made);
    int[] table =
        last ? null : FusedActivation.of(activation, q.settings().layer()).table(made, out);
    float[] real = new float[codes.length];
    for (int i = 0; i < real.length; i++) {
      int code = codes[i] + made.zeroPoint();
      real[i] = out.dequantize(last ? code : table[code - made.qmin()]);
    }
    return Nd4j.create(real, new long[] {rows, channels}, 'c');
  }

  /** [n, k] to real logits [n, o]. */
  public static INDArray logits(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, boolean hasBias) {
    QuantParams in = q.scales().inputOfPass();
    int rows = (int) x.size(0);
    IntegerProduct product = denseProduct(q, params, hasBias, in);
    int[] acc = product.accumulate(IntegerProduct.distances(x, in), rows);
    return Nd4j.create(product.logits(acc), new long[] {rows, acc.length / rows}, 'c');
  }

  private static IntegerProduct denseProduct(
      LayerQuantizer q, Map<String, INDArray> params, boolean hasBias, QuantParams in) {
    int channels = (int) params.get(DefaultParamInitializer.WEIGHT_KEY).size(1);
    float[] bias = hasBias ? Floats.read(params.get(DefaultParamInitializer.BIAS_KEY)) : null;
    return product(q, bias, channels, in);
  }

  private static IntegerProduct product(
      LayerQuantizer q, float[] bias, int channels, QuantParams in) {
    return q.weights()
        .product(bias, in, () -> new IntegerProduct(quantize(q, bias, channels, in), channels, in));
  }

  /**
   * Weights [channels, k] and bias of a layer.
   *
   * @param bias or null for none
   */
  static WeightQuantizer quantize(LayerQuantizer q, float[] bias, int channels, QuantParams in) {
    String key = DefaultParamInitializer.WEIGHT_KEY;
    Normalization folded = q.weights().folded();
    if (folded == null) {
      return quantize(q, key, bias, channels, in);
    }
    float[] weights = q.weights().byChannel(key);
    WeightGrid grid = folded.grid(q.weights().grid(key, weights));
    return quantize(q, folded.weights(weights), folded.bias(bias), channels, grid, in);
  }

  /**
   * The same of any matrix of weights.
   *
   * @param key of the matrix
   */
  static WeightQuantizer quantize(
      LayerQuantizer q, String key, float[] bias, int channels, QuantParams in) {
    float[] weights = q.weights().byChannel(key);
    return quantize(q, weights, bias, channels, q.weights().grid(key, weights), in);
  }

  private static WeightQuantizer quantize(
      LayerQuantizer q,
      float[] weights,
      float[] bias,
      int channels,
      WeightGrid grid,
      QuantParams in) {
    try {
      return WeightQuantizer.quantize(weights, bias, channels, grid, in);
    } catch (QatException e) {
      throw new QatException("layer \"" + q.settings().layer() + "\": " + e.getMessage(), e);
    }
  }

  /** Real values of the codes behind product and activation function, or logits, row-major. */
  static float[] activated(
      LayerQuantizer q, IntegerProduct product, int[] acc, IActivation activation) {
    Stage stage = new Stage(q, product, activation);
    float[] real = new float[acc.length];
    for (int i = 0; i < real.length; i += stage.channels()) {
      stage.row(acc, i, real);
    }
    return real;
  }

  /** What comes behind the accumulators: requantization (7), (8) and the activation function. */
  private static final class Stage {
    private final QuantParams out; // null for logits (12)
    private final QuantParams first; // meaning of the codes that are made of accumulators
    private final float[] multipliers;
    private final int lo;
    private final int hi;
    private final int[] table; // from these codes on to those of out; null where they are the same
    private final int[] exponents; // of the codes of out of each channel; none for one scale

    Stage(LayerQuantizer q, IntegerProduct product, IActivation activation) {
      if (!q.settings().makesCodes()) {
        out = null;
        first = null;
        multipliers = product.scales();
        lo = 0;
        hi = 0;
        table = null;
        exponents = null;
        return;
      }
      FusedActivation f = FusedActivation.of(activation, q.settings().layer());
      out = q.scales().output();
      first = f.isTable() ? q.scales().of(Slot.PRE) : out;
      multipliers = product.multipliers(first);
      lo = f.isTable() ? first.qmin() : f.lo(out);
      hi = f.isTable() ? first.qmax() : f.hi(out);
      table = f.isTable() ? f.table(first, out) : null;
      exponents = q.scales().exponents(Slot.OUTPUT);
      for (int c = 0; c < exponents.length; c++) {
        multipliers[c] = Math.scalb(multipliers[c], -exponents[c]);
      }
    }

    int channels() {
      return multipliers.length;
    }

    /** Whether codes stand for themselves: loops without a branch then. */
    private boolean isPlain() {
      return out != null && table == null && exponents.length == 0;
    }

    /** All channels of one place, of which the first is acc[at]; goes to the same place. */
    void row(int[] acc, int at, float[] real) {
      float[] m = multipliers;
      if (!isPlain()) {
        for (int c = 0; c < m.length; c++) {
          real[at + c] = real(acc[at + c], c);
        }
        return;
      }
      float scale = out.scale();
      float low = lo - out.zeroPoint();
      float high = hi - out.zeroPoint();
      for (int c = 0; c < m.length; c++) {
        float steps = Math.max(low, Math.min(high, (float) acc[at + c] * m[c]));
        real[at + c] = scale * Rounding.nearest(steps);
      }
    }

    /** So many places of one channel side by side. */
    void steps(int[] acc, int from, int n, int channel, float[] real, int to) {
      if (!isPlain()) {
        for (int i = 0; i < n; i++) {
          real[to + i] = real(acc[from + i], channel);
        }
        return;
      }
      float m = multipliers[channel];
      float scale = out.scale();
      float low = lo - out.zeroPoint();
      float high = hi - out.zeroPoint();
      for (int i = 0; i < n; i++) {
        float steps = Math.max(low, Math.min(high, (float) acc[from + i] * m));
        real[to + i] = scale * Rounding.nearest(steps);
      }
    }

    private float real(int acc, int channel) {
      if (out == null) {
        return (float) acc * multipliers[channel];
      }
      int code = Requantize.requantize(acc, multipliers[channel], first.zeroPoint(), lo, hi);
      float real = out.dequantize(table == null ? code : table[code - first.qmin()]);
      return exponents.length == 0 ? real : Math.scalb(real, exponents[channel]);
    }
  }

  /** [n, i, t] to [n, o, t']. */
  public static INDArray conv1d(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, Convolution1DLayer conf) {
    QuantParams in = q.scales().inputOfPass();
    int n = (int) x.size(0);
    int channels = (int) x.size(1);
    int steps = (int) x.size(2);
    ConvShape shape = ConvShape.of(conf, steps);
    int out = (int) conf.getNOut();
    float[] k = IntegerProduct.distances(Floats.readByStep(x), in);
    float[] bias =
        conf.hasBias() ? Floats.read(params.get(DefaultParamInitializer.BIAS_KEY)) : null;
    IntegerProduct product = product(q, bias, out, in);
    Stage stage = new Stage(q, product, conf.getActivationFn());
    int made = shape.steps();
    float[] real = new float[n * out * made];
    int[] counts = new int[n];
    if (shape.padRight() > 0) {
      Arrays.fill(counts, made);
    } else {
      shape.different(FloatBuffer.wrap(k), steps, shape.padLeft(), channels, counts);
    }
    for (int first = 0, end; first < n; first = end) {
      int windows = 0;
      for (end = first; end < n && windows < ConvolutionKernel.GROUP; end++) {
        windows += counts[end];
      }
      float[] columns = new float[windows * shape.kernel() * channels];
      int at = 0;
      for (int i = first; i < end; i++) {
        at = fillColumns(k, i, counts[i], channels, steps, shape, columns, at);
      }
      int[] acc = product.accumulateByChannel(columns, windows);
      int next = 0;
      for (int channel = 0; channel < out; channel++) {
        for (int i = first; i < end; i++) {
          int to = (i * out + channel) * made;
          stage.steps(acc, next, counts[i], channel, real, to);
          next += counts[i];
          Arrays.fill(real, to + counts[i], to + made, real[to + counts[i] - 1]);
        }
      }
    }
    INDArray result = Floats.array(real, n, out, made);
    if (q.pass().mask() != null) { // masked steps are 0, as DL4J makes them
      Broadcast.mul(result, q.pass().mask().castTo(result.dataType()), result, 0, 2);
    }
    return result;
  }

  /** Windows of a batch [n, t, c], row-major [n·t', k·c]. */
  static float[] columns(float[] x, int n, int channels, int steps, ConvShape s) {
    float[] columns = new float[n * s.steps() * s.kernel() * channels];
    int at = 0;
    for (int i = 0; i < n; i++) {
      at = fillColumns(x, i, s.steps(), channels, steps, s, columns, at);
    }
    return columns;
  }

  /** Appends the first windows of an example of a batch [n, t, c]; gives where they end. */
  private static int fillColumns(
      float[] x,
      int example,
      int windows,
      int channels,
      int steps,
      ConvShape s,
      float[] columns,
      int begin) {
    int at = begin;
    for (int t = 0; t < windows; t++) {
      for (int tap = 0; tap < s.kernel(); tap++) {
        int from = t * s.stride() + tap * s.dilation() - s.padLeft();
        if (from >= 0 && from < steps) {
          System.arraycopy(x, (example * steps + from) * channels, columns, at, channels);
        }
        at += channels;
      }
    }
    return at;
  }

  /** Rounds real values to what the codes of {@code out} stand for. */
  public static INDArray rounded(INDArray x, QuantParams out) {
    float[] values = Floats.read(x);
    for (int i = 0; i < values.length; i++) {
      values[i] = out.fakeQuantize(values[i]);
    }
    return Nd4j.create(values, x.shape(), 'c');
  }

  /**
   * Mean over time or over an image (10), [n, c, t] or [n, c, h, w] to [n, c].
   *
   * @param mask [n, t], 0 where a step is padding, or null
   */
  public static INDArray globalAverage(LayerQuantizer q, INDArray input, INDArray mask) {
    INDArray x = overPlaces(input);
    int steps = (int) x.size(2);
    if (mask == null) {
      return average(q, x, steps, steps).reshape('c', x.size(0), x.size(1));
    }
    QuantParams in = q.scales().inputOfPass();
    float[] m = Floats.read(mask);
    float[] k = IntegerProduct.distances(x, in);
    int channels = (int) x.size(1);
    float[] real = new float[k.length / steps];
    for (int i = 0; i < real.length; i++) {
      int acc = 0;
      int n = 0;
      for (int t = 0; t < steps; t++) {
        if (m[i / channels * steps + t] != 0) {
          acc += (int) k[i * steps + t];
          n++;
        }
      }
      real[i] = (float) acc * in.scale() / (float) Math.max(1, n);
    }
    return rounded(Nd4j.create(real, new long[] {x.size(0), channels}, 'c'), q.scales().output());
  }

  /** A normalization by itself: a product of each channel, [n, c] or [n, c, h, w]. */
  public static INDArray normalization(LayerQuantizer q, INDArray x) {
    Normalization n = q.weights().normalization();
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    int channels = (int) x.size(1);
    WeightQuantizer w = normalization(n, in);
    INDArray last = x.rank() == 2 ? x : x.permute(0, 2, 3, 1);
    float[] k = IntegerProduct.distances(last, in);
    int[] acc = new int[k.length];
    for (int i = 0; i < acc.length; i++) {
      acc[i] = ((int) k[i]) * w.codes()[i % channels] + w.bias()[i % channels];
    }
    int[] codes = new IntegerProduct(w, channels, in).codes(acc, out, out.qmin(), out.qmax());
    float[] real = new float[codes.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = out.dequantize(codes[i]);
    }
    INDArray made = Nd4j.create(real, last.shape(), 'c');
    return x.rank() == 2 ? made : made.permute(0, 3, 1, 2).dup('c');
  }

  public static WeightQuantizer normalization(Normalization n, QuantParams in) {
    float[] factors = n.factors();
    return WeightQuantizer.quantize(factors, n.shifts(), factors.length, n.grid(), in);
  }

  /** Sum over time or over an image (10); steps of padding are left out. */
  public static INDArray globalSum(LayerQuantizer q, INDArray input, INDArray mask) {
    INDArray x = overPlaces(input);
    int steps = (int) x.size(2);
    int channels = (int) x.size(1);
    QuantParams in = q.scales().input();
    float[] m = mask == null ? null : Floats.read(mask);
    float[] k = IntegerProduct.distances(x, in);
    float[] real = new float[k.length / steps];
    for (int i = 0; i < real.length; i++) {
      int acc = 0;
      for (int t = 0; t < steps; t++) {
        acc += m == null || m[i / channels * steps + t] != 0 ? (int) k[i * steps + t] : 0;
      }
      real[i] = (float) acc * in.scale();
    }
    return rounded(Nd4j.create(real, new long[] {x.size(0), channels}, 'c'), q.scales().output());
  }

  /** [n, c, h, w] as [n, c, h·w]. */
  private static INDArray overPlaces(INDArray x) {
    return x.rank() == 3 ? x : x.dup('c').reshape('c', x.size(0), x.size(1), -1);
  }

  /** Mean over windows of time (10), [n, c, t] to [n, c, t']. */
  public static INDArray average(LayerQuantizer q, INDArray x, INDArray mask) {
    Subsampling1DLayer pool = (Subsampling1DLayer) q.conf();
    Window2d window = IntegerImages.window(pool, (int) x.size(2));
    INDArray means =
        window.pads()
            ? padded(q, x, window, IntegerImages.dividesByInside(pool, window))
            : average(q, x, pool.getKernelSize()[0], pool.getStride()[0]);
    if (mask != null) {
      INDArray out = q.pass().mask();
      Broadcast.mul(means, out.castTo(means.dataType()), means, 0, 2);
    }
    return means;
  }

  private static INDArray padded(LayerQuantizer q, INDArray x, Window2d window, boolean inside) {
    INDArray image = x.dup('c').reshape('c', x.size(0), x.size(1), x.size(2), 1);
    INDArray means = IntegerImages.average(q, image, window, inside);
    return means.reshape('c', means.size(0), means.size(1), means.size(2));
  }

  private static INDArray average(LayerQuantizer q, INDArray x, int kernel, int stride) {
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    int steps = (int) x.size(2);
    int windows = (steps - kernel) / stride + 1;
    float m = Requantize.multiplier(in.scale(), 1f / kernel, out.scale());
    float[] k = IntegerProduct.distances(x, in);
    float[] real = new float[k.length / steps * windows];
    for (int i = 0; i < real.length; i++) {
      int first = i / windows * steps + i % windows * stride;
      int acc = 0;
      for (int t = first; t < first + kernel; t++) {
        acc += (int) k[t];
      }
      real[i] =
          out.dequantize(Requantize.requantize(acc, m, out.zeroPoint(), out.qmin(), out.qmax()));
    }
    return Nd4j.create(real, new long[] {x.size(0), x.size(1), windows}, 'c');
  }

  /** An activation function by itself: codes in, codes out (8). */
  public static INDArray activation(LayerQuantizer q, INDArray x, INDArray mask) {
    FusedActivation f =
        FusedActivation.of(((ActivationLayer) q.conf()).getActivationFn(), q.settings().layer());
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    int[] table = f.table(in, out);
    float[] values = Floats.read(x);
    for (int i = 0; i < values.length; i++) {
      values[i] = out.dequantize(table[in.quantize(values[i]) - in.qmin()]);
    }
    return Nd4j.create(values, x.shape(), 'c');
  }
}
