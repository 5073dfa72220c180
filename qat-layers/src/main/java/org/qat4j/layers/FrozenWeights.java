package org.qat4j.layers;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.WeightQuantizer;

/**
 * Integer weights of a layer, as its evaluation uses them, in the layout of the model.
 *
 * @param weights [o, i] of a dense layer, [o, k, i] of a convolution
 * @param bias int32, one per output channel
 * @param stride of a convolution, 1 otherwise
 * @param dilation of a convolution, 1 otherwise
 * @param padLeft of a convolution, 0 otherwise
 * @param padRight of a convolution, 0 otherwise
 */
public record FrozenWeights(
    QuantizedTensor weights, IntVector bias, int stride, int dilation, int padLeft, int padRight) {

  /** Codes of an embedding table, [vocabulary, dimension]. */
  public static QuantizedTensor table(Layer layer) {
    INDArray w = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
    QuantSettings settings = LayerSetup.settings(layer);
    QuantParams params = new TableQuantizer(settings, () -> w).params();
    float[] values = Floats.read(w);
    byte[] codes = new byte[values.length];
    WeightQuantizer.quantize(
        values, 0, values.length, params.scale(), settings.spec().weights().bits(), codes);
    int[] shape = {(int) w.size(0), (int) w.size(1)};
    return new QuantizedTensor(
        codes, shape, settings.spec().weights().bits(), new float[] {params.scale()}, 0);
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
    float[] values = Floats.read(w.transpose());
    if (flattened != null) {
      values = stepByStep(values, out, flattened.get(0), flattened.get(1));
    }
    return quantize(layer, values, new int[] {out, in}, 1, 1, 0, 0);
  }

  private static float[] stepByStep(float[] w, int out, int steps, int channels) {
    float[] result = new float[w.length];
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
    IntegerLayers.ConvShape shape = IntegerLayers.ConvShape.of(conf, steps);
    float[] values = IntegerLayers.channelMajor(layer.paramTable(), conf);
    int[] dims = {(int) conf.getNOut(), shape.kernel(), (int) conf.getNIn()};
    return quantize(
        layer, values, dims, shape.stride(), shape.dilation(), shape.padLeft(), shape.padRight());
  }

  private static FrozenWeights quantize(
      Layer layer, float[] values, int[] shape, int stride, int dilation, int left, int right) {
    QuantSettings settings = LayerSetup.settings(layer);
    QuantParams in = ((QatLayer) layer).quantizer().inputParams();
    boolean hasBias =
        ((BaseLayer) layer.conf().getLayer()).initializer().biasKeys(layer.conf().getLayer()).size()
            > 0;
    float[] bias = hasBias ? Floats.read(layer.getParam(DefaultParamInitializer.BIAS_KEY)) : null;
    WeightQuantizer q = IntegerLayers.quantize(settings, values, bias, shape[0], in);
    QuantizedTensor weights =
        new QuantizedTensor(q.codes(), shape, settings.spec().weights().bits(), q.scales(), 0);
    return new FrozenWeights(weights, IntVector.of(q.bias()), stride, dilation, left, right);
  }
}
