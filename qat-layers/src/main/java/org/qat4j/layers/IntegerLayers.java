package org.qat4j.layers;

import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.Requantize;
import org.qat4j.numerics.WeightQuantizer;

/** Layers in evaluation: real values that stand for codes in, integer arithmetic, the same out. */
final class IntegerLayers {
  private IntegerLayers() {}

  /** [n, k] to [n, o]. */
  static INDArray dense(
      LayerQuantizer q,
      INDArray x,
      Map<String, INDArray> params,
      IActivation activation,
      boolean hasBias) {
    QuantParams in = q.inputParams();
    int rows = (int) x.size(0);
    int channels = (int) params.get(DefaultParamInitializer.WEIGHT_KEY).size(1);
    IntegerProduct product = denseProduct(q, params, hasBias, in);
    int[] acc = product.accumulate(IntegerProduct.distances(x, in), rows);
    return Nd4j.create(activated(q, product, acc, activation), new long[] {rows, channels}, 'c');
  }

  /** [n, k] to real logits [n, o]. */
  static INDArray logits(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, boolean hasBias) {
    QuantParams in = q.inputParams();
    int rows = (int) x.size(0);
    IntegerProduct product = denseProduct(q, params, hasBias, in);
    int[] acc = product.accumulate(IntegerProduct.distances(x, in), rows);
    return Nd4j.create(product.logits(acc), new long[] {rows, acc.length / rows}, 'c');
  }

  private static IntegerProduct denseProduct(
      LayerQuantizer q, Map<String, INDArray> params, boolean hasBias, QuantParams in) {
    INDArray w = params.get(DefaultParamInitializer.WEIGHT_KEY);
    int channels = (int) w.size(1);
    float[] bias = hasBias ? Floats.read(params.get(DefaultParamInitializer.BIAS_KEY)) : null;
    WeightQuantizer weights =
        quantize(q.settings(), Floats.read(w.transpose()), bias, channels, in);
    return new IntegerProduct(weights, channels, in);
  }

  /** Weights [channels, k] and bias as the layer's settings say. */
  static WeightQuantizer quantize(
      QuantSettings settings, float[] weights, float[] bias, int channels, QuantParams in) {
    int bits = settings.spec().weights().bits();
    float[] scales =
        WeightFakeQuant.scales(
            weights, channels, false, bits, WeightFakeQuant.perChannel(settings));
    try {
      return WeightQuantizer.quantize(weights, bias, channels, scales, in, bits);
    } catch (QatException e) {
      throw new QatException("layer \"" + settings.layer() + "\": " + e.getMessage(), e);
    }
  }

  /** Real values of the codes behind product and activation function, row-major. */
  private static float[] activated(
      LayerQuantizer q, IntegerProduct product, int[] acc, IActivation activation) {
    FusedActivation fused = FusedActivation.of(activation, q.settings().layer());
    QuantParams out = q.outputParams();
    int[] codes;
    if (fused.isTable()) {
      QuantParams pre = q.params(Slot.PRE);
      int[] table = fused.table(pre, out);
      codes = product.codes(acc, pre, pre.qmin(), pre.qmax());
      for (int i = 0; i < codes.length; i++) {
        codes[i] = table[codes[i] - pre.qmin()];
      }
    } else {
      codes = product.codes(acc, out, fused.lo(out), fused.hi(out));
    }
    float[] real = new float[codes.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = out.dequantize(codes[i]);
    }
    return real;
  }

  /** [n, i, t] to [n, o, t']. */
  static INDArray conv1d(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, Convolution1DLayer conf) {
    QuantParams in = q.inputParams();
    int n = (int) x.size(0);
    int channels = (int) x.size(1);
    int steps = (int) x.size(2);
    ConvShape shape = ConvShape.of(conf, steps);
    int out = (int) conf.getNOut();
    float[] k = IntegerProduct.distances(x, in);
    float[] columns = columns(k, n, channels, steps, shape);
    float[] bias =
        conf.hasBias() ? Floats.read(params.get(DefaultParamInitializer.BIAS_KEY)) : null;
    WeightQuantizer weights = quantize(q.settings(), channelMajor(params, conf), bias, out, in);
    IntegerProduct product = new IntegerProduct(weights, out, in);
    int[] acc = product.accumulate(columns, n * shape.steps());
    float[] real = activated(q, product, acc, conf.getActivationFn());
    INDArray result = Nd4j.create(real, new long[] {n, shape.steps(), out}, 'c');
    return result.permute(0, 2, 1).dup('c');
  }

  /** Weights as [o, k, i]; DL4J keeps them as [k, i, o]. */
  static float[] channelMajor(Map<String, INDArray> params, Convolution1DLayer conf) {
    INDArray w = params.get(DefaultParamInitializer.WEIGHT_KEY);
    long out = conf.getNOut();
    return Floats.read(w.reshape('c', w.length() / out, out).transpose());
  }

  /** Windows of a batch [n, c, t], row-major [n·t', k·c]. */
  private static float[] columns(float[] x, int n, int channels, int steps, ConvShape s) {
    float[] columns = new float[n * s.steps() * s.kernel() * channels];
    int at = 0;
    for (int b = 0; b < n; b++) {
      for (int t = 0; t < s.steps(); t++) {
        for (int tap = 0; tap < s.kernel(); tap++) {
          int from = t * s.stride() + tap * s.dilation() - s.padLeft();
          if (from >= 0 && from < steps) {
            for (int c = 0; c < channels; c++) {
              columns[at + c] = x[(b * channels + c) * steps + from];
            }
          }
          at += channels;
        }
      }
    }
    return columns;
  }

  /** Mean over time (10), [n, c, t] to [n, c]. */
  static INDArray globalAverage(LayerQuantizer q, INDArray x) {
    QuantParams in = q.inputParams();
    QuantParams out = q.outputParams();
    int steps = (int) x.size(2);
    float m = Requantize.multiplier(in.scale(), 1f / steps, out.scale());
    float[] k = IntegerProduct.distances(x, in);
    float[] real = new float[k.length / steps];
    for (int i = 0; i < real.length; i++) {
      int acc = 0;
      for (int t = 0; t < steps; t++) {
        acc += (int) k[i * steps + t];
      }
      real[i] =
          out.dequantize(Requantize.requantize(acc, m, out.zeroPoint(), out.qmin(), out.qmax()));
    }
    return Nd4j.create(real, new long[] {x.size(0), x.size(1)}, 'c');
  }

  /** Geometry of a convolution over time. */
  record ConvShape(int kernel, int stride, int dilation, int padLeft, int padRight, int steps) {
    /** As DL4J computes it for sequences of {@code steps}. */
    static ConvShape of(Convolution1DLayer conf, int steps) {
      int kernel = conf.getKernelSize()[0];
      int stride = conf.getStride()[0];
      int dilation = conf.getDilation()[0];
      int span = (kernel - 1) * dilation + 1;
      ConvolutionMode mode = conf.getConvolutionMode();
      int left = conf.getPadding()[0];
      int right = left;
      if (mode == ConvolutionMode.Same) {
        int total = Math.max(0, (((steps + stride - 1) / stride) - 1) * stride + span - steps);
        left = total / 2;
        right = total - left;
      } else if (mode == ConvolutionMode.Causal) {
        left = span - 1;
        right = 0;
      }
      return new ConvShape(
          kernel, stride, dilation, left, right, (steps + left + right - span) / stride + 1);
    }
  }
}
