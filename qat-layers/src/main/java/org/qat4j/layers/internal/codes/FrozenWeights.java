package org.qat4j.layers.internal.codes;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.ConvShape;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.LayerWeights;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.internal.GroupScales;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.numerics.internal.WeightQuantizer;

/**
 * Integer weights of a layer, as its evaluation uses them, in the layout of the model.
 *
 * @param weights [o, i] of a dense layer, [o, k, i] of a convolution over time, [o, kh, kw, i] over
 *     images
 * @param bias int32, one per output channel
 * @param stride of a convolution, 1 otherwise
 * @param dilation of a convolution, 1 otherwise
 * @param padLeft of a convolution, 0 otherwise
 * @param padRight of a convolution, 0 otherwise
 */
public record FrozenWeights(
    QuantizedTensor weights, IntVector bias, int stride, int dilation, int padLeft, int padRight) {

  /**
   * Codes of an embedding table, [vocabulary, dimension].
   *
   * @param zeroPadding whether the row of padding is 0
   */
  public static QuantizedTensor table(Layer layer, boolean zeroPadding) {
    LayerWeights weights = ((QatLayer) layer).quantizer().weights();
    return weights.tableCodes(grid -> table(weights.table().table(), grid, zeroPadding));
  }

  private static QuantizedTensor table(INDArray w, WeightGrid grid, boolean zeroPadding) {
    int[] shape = {(int) w.size(0), (int) w.size(1)};
    byte[] codes = WeightQuantizer.codes(Floats.read(w), shape[1], grid);
    if (zeroPadding) {
      Arrays.fill(codes, 0, shape[1], (byte) 0);
    }
    return tensor(codes, shape, grid);
  }

  /**
   * A dense layer.
   *
   * @param flattened [steps, channels] of a sequence that is flattened in front of the layer, or
   *     null. DL4J flattens channel by channel, the model step by step.
   */
  public static FrozenWeights dense(Layer layer, List<Integer> flattened) {
    INDArray w = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
    int in = (int) w.size(0);
    int out = (int) w.size(1);
    // A normalization in between takes the bias along.
    boolean normalized =
        layer.conf().getLayer() instanceof DenseLayer dense && dense.hasLayerNorm();
    WeightQuantizer q = quantize(layer, out, !normalized);
    byte[] codes = q.codes();
    if (flattened != null) {
      codes = stepByStep(codes, out, flattened.get(0), flattened.get(1));
    }
    return new FrozenWeights(
        tensor(codes, new int[] {out, in}, q.grid()), IntVector.of(q.bias()), 1, 1, 0, 0);
  }

  private static byte[] stepByStep(byte[] w, int out, int steps, int channels) {
    byte[] result = new byte[w.length];
    int in = steps * channels;
    for (int o = 0; o < out; o++) {
      for (int t = 0; t < steps; t++) {
        for (int c = 0; c < channels; c++) {
          result[o * in + t * channels + c] = w[o * in + c * steps + t];
        }
      }
    }
    return result;
  }

  /** A convolution over sequences of {@code steps}. */
  public static FrozenWeights conv1d(Layer layer, int steps) {
    Convolution1DLayer conf = (Convolution1DLayer) layer.conf().getLayer();
    ConvShape shape = ConvShape.of(conf, steps);
    int[] dims = {(int) conf.getNOut(), shape.kernel(), (int) conf.getNIn()};
    WeightQuantizer q = quantize(layer, dims[0]);
    return new FrozenWeights(
        tensor(q.codes(), dims, q.grid()),
        IntVector.of(q.bias()),
        shape.stride(),
        shape.dilation(),
        shape.padLeft(),
        shape.padRight());
  }

  /** A convolution over images, [o, kh, kw, i] or, of each channel by itself, [o, kh, kw, 1]. */
  public static FrozenWeights conv2d(Layer layer) {
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    int[] kernel = conf.getKernelSize();
    int out = (int) conf.getNOut();
    boolean depthwise = conf instanceof DepthwiseConvolution2D;
    int depth = depthwise ? 1 : (int) conf.getNIn();
    WeightQuantizer q = quantize(layer, out);
    byte[] codes = q.codes();
    if (!depthwise) {
      codes = stepByStep(codes, out, kernel[0] * kernel[1], depth);
    }
    int[] dims = {out, kernel[0], kernel[1], depth};
    return new FrozenWeights(tensor(codes, dims, q.grid()), IntVector.of(q.bias()), 1, 1, 0, 0);
  }

  /** A product of each channel with a weight of its own, [c, 1, 1, 1]. */
  public static FrozenWeights elementProduct(Layer layer, int channels) {
    WeightQuantizer q = quantize(layer, channels);
    int[] dims = {channels, 1, 1, 1};
    return new FrozenWeights(tensor(q.codes(), dims, q.grid()), IntVector.of(q.bias()), 1, 1, 0, 0);
  }

  /** A batch normalization by itself, [c, 1, 1, 1]. */
  public static FrozenWeights normalization(Layer layer) {
    LayerQuantizer q = ((QatLayer) layer).quantizer();
    WeightQuantizer w =
        IntegerLayers.normalization(q.weights().normalization(), q.scales().input());
    int[] dims = {w.codes().length, 1, 1, 1};
    return new FrozenWeights(tensor(w.codes(), dims, w.grid()), IntVector.of(w.bias()), 1, 1, 0, 0);
  }

  private static WeightQuantizer quantize(Layer layer, int channels) {
    return quantize(layer, channels, true);
  }

  private static WeightQuantizer quantize(Layer layer, int channels, boolean withBias) {
    LayerQuantizer q = ((QatLayer) layer).quantizer();
    INDArray bias = withBias ? layer.paramTable().get(DefaultParamInitializer.BIAS_KEY) : null;
    return IntegerLayers.quantize(
        q, bias == null ? null : Floats.read(bias), channels, q.scales().input());
  }

  /** Codes with the meaning that a grid gives them. */
  static QuantizedTensor tensor(byte[] codes, int[] shape, WeightGrid grid) {
    GroupScales groups = grid.groupScales();
    return groups == null
        ? new QuantizedTensor(codes, shape, grid.bits(), grid.scales(), grid.zeroPoint())
        : new QuantizedTensor(
            codes,
            shape,
            grid.bits(),
            grid.scales(),
            grid.zeroPoint(),
            groups.groupSize(),
            groups.multiples());
  }
}
