package org.qat4j.layers.internal.codes;

import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.numerics.internal.WeightQuantizer;

/**
 * Both matrices of a separable convolution as integers, as its evaluation and the model use them.
 *
 * @param depth of each channel by itself, [channels·multiplier, kh·kw]: all of a channel side by
 *     side
 * @param point of the channels of each pixel, [out, channels·multiplier], with the bias
 * @param kernel height and width of {@code depth}
 */
@SuppressWarnings("ArrayRecordComponent")
public record SeparableWeights(WeightQuantizer depth, WeightQuantizer point, int[] kernel) {

  /** As the parameters of a layer are now. */
  public static SeparableWeights of(LayerQuantizer q) {
    SeparableConvolution2D conf = (SeparableConvolution2D) q.conf();
    String depthKey = SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY;
    int multiplier = conf.getDepthMultiplier();
    int channels = (int) conf.getNIn();
    float[] w = q.weights().byChannel(depthKey); // multiplier by multiplier, as DL4J has them
    WeightGrid grid = q.weights().grid(depthKey, w);
    int k = w.length / (channels * multiplier);
    float[] scales = grid.scales();
    float[] byChannel = new float[w.length];
    float[] scalesByChannel = scales.clone();
    for (int c = 0; c < channels; c++) {
      for (int m = 0; m < multiplier; m++) {
        int from = m * channels + c;
        int to = c * multiplier + m;
        System.arraycopy(w, from * k, byChannel, to * k, k);
        if (scales.length > 1) {
          scalesByChannel[to] = scales[from];
        }
      }
    }
    INDArray bias = q.layer().paramTable().get(SeparableConvolutionParamInitializer.BIAS_KEY);
    return new SeparableWeights(
        WeightQuantizer.quantize(
            byChannel,
            null,
            channels * multiplier,
            grid.withScales(scalesByChannel),
            q.scales().input()),
        IntegerLayers.quantize(
            q,
            SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY,
            bias == null ? null : Floats.read(bias),
            (int) conf.getNOut(),
            q.scales().of(Slot.MIDDLE)),
        conf.getKernelSize());
  }

  /** Of the first product, [channels·multiplier, kh, kw, 1]. */
  public QuantizedTensor depthTensor() {
    return tensor(depth, kernel[0], kernel[1], 1);
  }

  /** Of the second product, [out, 1, 1, channels·multiplier]. */
  public QuantizedTensor pointTensor() {
    return tensor(point, 1, 1, point.codes().length / point.bias().length);
  }

  /** Of a product. */
  public static IntVector bias(WeightQuantizer w) {
    return IntVector.of(w.bias());
  }

  private static QuantizedTensor tensor(WeightQuantizer w, int height, int width, int depth) {
    int[] shape = {w.bias().length, height, width, depth};
    return FrozenWeights.tensor(w.codes(), shape, w.grid());
  }
}
