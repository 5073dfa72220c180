package org.qat4j.layers.internal.codes;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.ConvShape;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.numerics.internal.WeightQuantizer;

/** Layers over images [n, c, h, w] in evaluation: as {@link IntegerLayers}. */
public final class IntegerImages {
  private IntegerImages() {}

  /** Windows of a convolution as DL4J lays them over images of a size. */
  public static Window2d window(ConvolutionLayer conf, int height, int width) {
    return window(
        conf.getKernelSize(),
        conf.getStride(),
        conf.getDilation(),
        conf.getPadding(),
        conf.getConvolutionMode(),
        height,
        width);
  }

  /** Windows of a pooling. */
  public static Window2d window(SubsamplingLayer conf, int height, int width) {
    return window(
        conf.getKernelSize(),
        conf.getStride(),
        conf.getDilation(),
        conf.getPadding(),
        conf.getConvolutionMode(),
        height,
        width);
  }

  private static Window2d window(
      int[] kernel,
      int[] stride,
      int[] dilation,
      int[] padding,
      ConvolutionMode mode,
      int height,
      int width) {
    int[] size = {height, width};
    int[] before = new int[2];
    int[] behind = new int[2];
    for (int d = 0; d < 2; d++) {
      int span = (kernel[d] - 1) * dilation[d] + 1;
      before[d] = padding[d];
      behind[d] = padding[d] + ConvShape.overhang(size[d] + 2 * padding[d], span, stride[d]);
      if (mode == ConvolutionMode.Same) {
        int positions = (size[d] + stride[d] - 1) / stride[d];
        int total = Math.max(0, (positions - 1) * stride[d] + span - size[d]);
        before[d] = total / 2;
        behind[d] = total - before[d];
      }
    }
    return new Window2d(
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        dilation[0],
        dilation[1],
        before[0],
        before[1],
        behind[0],
        behind[1]);
  }

  /**
   * Windows of the convolution that does what a transposed one does, over its input with zeros
   * between rows and columns.
   *
   * @param height of the input without the zeros
   */
  public static Window2d transposedWindow(ConvolutionLayer conf, int height, int width) {
    int[] size = {height, width};
    int[] before = new int[2];
    int[] behind = new int[2];
    for (int d = 0; d < 2; d++) {
      int kernel = conf.getKernelSize()[d];
      int stride = conf.getStride()[d];
      boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
      int left = same ? (kernel - stride) / 2 : conf.getPadding()[d];
      int made = same ? size[d] * stride : (size[d] - 1) * stride + kernel - 2 * left;
      before[d] = kernel - 1 - left;
      behind[d] = made - (size[d] - 1) * stride - 1 + kernel - 1 - before[d];
    }
    int[] kernel = conf.getKernelSize();
    return new Window2d(
        kernel[0], kernel[1], 1, 1, 1, 1, before[0], before[1], behind[0], behind[1]);
  }

  /** Places of rows or columns with zeros in between: −1 for those. */
  public static int[] spread(int size, int stride) {
    int[] places = new int[(size - 1) * stride + 1];
    for (int i = 0; i < places.length; i++) {
      places[i] = i % stride == 0 ? i / stride : -1;
    }
    return places;
  }

  /** [n, i, h, w] to [n, o, h', w'], transposed. */
  public static INDArray deconvolution(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, ConvolutionLayer conf) {
    int[] stride = conf.getStride();
    long rows = (x.size(2) - 1) * stride[0] + 1;
    long columns = (x.size(3) - 1) * stride[1] + 1;
    INDArray wide = Nd4j.zeros(x.dataType(), x.size(0), x.size(1), rows, columns);
    wide.get(all(), all(), interval(0, stride[0], rows), interval(0, stride[1], columns)).assign(x);
    Window2d window = transposedWindow(conf, (int) x.size(2), (int) x.size(3));
    return convolution(q, wide, params, conf, window);
  }

  /** [n, i, h, w] to [n, o, h', w']. */
  public static INDArray convolution(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, ConvolutionLayer conf) {
    Window2d window = window(conf, (int) x.size(2), (int) x.size(3));
    return convolution(q, x, params, conf, window);
  }

  private static INDArray convolution(
      LayerQuantizer q,
      INDArray x,
      Map<String, INDArray> params,
      ConvolutionLayer conf,
      Window2d window) {
    QuantParams in = q.scales().input();
    int out = (int) conf.getNOut();
    float[] bias =
        conf.hasBias() ? Floats.read(params.get(DefaultParamInitializer.BIAS_KEY)) : null;
    WeightQuantizer weights = IntegerLayers.quantize(q, bias, out, in);
    IntegerProduct product = new IntegerProduct(weights, out, in);
    Images images = new Images(x, window);
    float[] distances = IntegerProduct.distances(x, in);
    int[] acc =
        conf instanceof DepthwiseConvolution2D
            ? images.depthwise(distances, weights, out)
            : product.accumulate(images.columns(distances), images.windows());
    return images.result(IntegerLayers.activated(q, product, acc, conf.getActivationFn()), out);
  }

  /** [n, i, h, w] to [n, o, h', w']: of each channel by itself, then of the channels. */
  public static INDArray separable(LayerQuantizer q, INDArray x, SeparableConvolution2D conf) {
    QuantParams in = q.scales().input();
    QuantParams middle = q.scales().of(Slot.MIDDLE);
    SeparableWeights w = SeparableWeights.of(q);
    Images images = new Images(x, window(conf, (int) x.size(2), (int) x.size(3)));
    int channels = w.depth().bias().length;
    int[] acc = images.depthwise(IntegerProduct.distances(x, in), w.depth(), channels);
    int[] codes =
        new IntegerProduct(w.depth(), channels, in)
            .codes(acc, middle, middle.qmin(), middle.qmax());
    float[] distances = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      distances[i] = codes[i] - middle.zeroPoint();
    }
    int out = (int) conf.getNOut();
    IntegerProduct product = new IntegerProduct(w.point(), out, middle);
    int[] made = product.accumulate(distances, images.windows());
    return images.result(IntegerLayers.activated(q, product, made, conf.getActivationFn()), out);
  }

  /** Each channel times a weight of its own, [n, c] to the same. */
  public static INDArray elementProduct(
      LayerQuantizer q, INDArray x, Map<String, INDArray> params, FeedForwardLayer conf) {
    QuantParams in = q.scales().input();
    int channels = (int) conf.getNOut();
    INDArray bias = params.get(DefaultParamInitializer.BIAS_KEY);
    WeightQuantizer weights = IntegerLayers.quantize(q, Floats.read(bias), channels, in);
    float[] k = IntegerProduct.distances(x, in);
    int[] acc = new int[k.length];
    for (int i = 0; i < acc.length; i++) {
      int c = i % channels;
      acc[i] = ((int) k[i]) * (weights.codes()[c] - weights.grid().zeroPoint()) + weights.bias()[c];
    }
    IntegerProduct product = new IntegerProduct(weights, channels, in);
    float[] real = IntegerLayers.activated(q, product, acc, conf.getActivationFn());
    return Nd4j.create(real, x.shape(), 'c');
  }

  /** Mean over windows (10). */
  public static INDArray average(LayerQuantizer q, INDArray x, INDArray mask) {
    SubsamplingLayer conf = (SubsamplingLayer) q.conf();
    Window2d window = window(conf, (int) x.size(2), (int) x.size(3));
    return average(q, x, window, dividesByInside(conf, window));
  }

  /** Whether a mean is over the places of a window that lie in the image. */
  public static boolean dividesByInside(SubsamplingLayer conf, Window2d window) {
    return window.pads() && !conf.isAvgPoolIncludePadInDivisor();
  }

  /** Windows of a pooling over time, whose steps are the rows of an image with one column. */
  public static Window2d window(Subsampling1DLayer conf, int steps) {
    int[] kernel = {conf.getKernelSize()[0], 1};
    int[] stride = {conf.getStride()[0], 1};
    int[] padding = {conf.getPadding()[0], 0};
    return window(kernel, stride, new int[] {1, 1}, padding, conf.getConvolutionMode(), steps, 1);
  }

  /**
   * Mean over windows of [n, c, h, w].
   *
   * @param inside over those places of a window that lie in the image
   */
  static INDArray average(LayerQuantizer q, INDArray x, Window2d window, boolean inside) {
    Images images = new Images(x, window);
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    float m = Requantize.multiplier(in.scale(), 1f / window.taps(), out.scale());
    float[] columns = images.columns(IntegerProduct.distances(x, in));
    int channels = (int) x.size(1);
    float[] real = new float[images.windows() * channels];
    for (int i = 0; i < real.length; i++) {
      int acc = 0;
      for (int k = 0; k < window.taps(); k++) {
        acc += (int) columns[i * window.taps() + k];
      }
      if (inside) {
        float n = Math.max(1, images.inside(i / channels));
        real[i] = out.fakeQuantize((float) acc * in.scale() / n);
        continue;
      }
      real[i] =
          out.dequantize(Requantize.requantize(acc, m, out.zeroPoint(), out.qmin(), out.qmax()));
    }
    return images.result(real, channels);
  }

  /** Geometry of a batch of images and their windows. */
  private static final class Images {
    private final Window2d window;
    private final int n;
    private final int channels;
    private final int height;
    private final int width;
    private final int rows;
    private final int columns;

    Images(INDArray x, Window2d window) {
      this.window = window;
      this.n = (int) x.size(0);
      this.channels = (int) x.size(1);
      this.height = (int) x.size(2);
      this.width = (int) x.size(3);
      this.rows = (int) window.rows(height);
      this.columns = (int) window.columns(width);
    }

    /** Windows of all images. */
    int windows() {
      return n * rows * columns;
    }

    /** Place of a value [n, c, h, w] that a tap of a window reads; −1 beyond the edges. */
    private int at(int w, int channel, int tap) {
      int row = window.row(w / columns % rows, tap / window.kernelW());
      int column = window.column(w % columns, tap % window.kernelW());
      boolean inside = row >= 0 && row < height && column >= 0 && column < width;
      int image = w / columns / rows;
      return inside ? ((image * channels + channel) * height + row) * width + column : -1;
    }

    /** Places of a window that lie in the image. */
    int inside(int w) {
      int inside = 0;
      for (int k = 0; k < window.taps(); k++) {
        inside += at(w, 0, k) < 0 ? 0 : 1;
      }
      return inside;
    }

    /** Windows of [n, c, h, w], row-major [windows, c·kh·kw]. */
    float[] columns(float[] x) {
      float[] made = new float[windows() * channels * window.taps()];
      int i = 0;
      for (int w = 0; w < windows(); w++) {
        for (int c = 0; c < channels; c++) {
          for (int k = 0; k < window.taps(); k++, i++) {
            int at = at(w, c, k);
            made[i] = at < 0 ? 0 : x[at];
          }
        }
      }
      return made;
    }

    /** Accumulators of a convolution of each channel by itself, [windows, out]. */
    int[] depthwise(float[] x, WeightQuantizer weights, int out) {
      int[] acc = new int[windows() * out];
      int multiplier = out / channels;
      for (int i = 0; i < acc.length; i++) {
        int c = i % out;
        acc[i] = weights.bias()[c];
        for (int k = 0; k < window.taps(); k++) {
          int at = at(i / out, c / multiplier, k);
          int w = weights.codes()[c * window.taps() + k] - weights.grid().zeroPoint();
          acc[i] += at < 0 ? 0 : ((int) x[at]) * w;
        }
      }
      return acc;
    }

    /** [windows, out] as [n, out, h', w']. */
    INDArray result(float[] values, int out) {
      INDArray byPixel = Nd4j.create(values, new long[] {n, rows, columns, out}, 'c');
      return byPixel.permute(0, 3, 1, 2).dup('c');
    }
  }
}
