package org.qat4j.layers;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.WeightQuantizer;
import org.qat4j.quantizer.Granularity;

/**
 * Fake-quantized copy of a layer's weights, symmetric (3), made anew in each forward pass and kept
 * for the backward pass. The largest magnitude is never clipped, so the gradient passes unchanged.
 */
final class WeightFakeQuant {
  private final int bits;
  private final boolean perChannel;
  private INDArray copy;

  WeightFakeQuant(QuantSettings settings) {
    this.bits = settings.spec().weights().bits();
    this.perChannel = perChannel(settings);
  }

  /**
   * The copy for the weights as they are now.
   *
   * @param w dense, with one channel after the other in memory, or channels varying fastest
   */
  INDArray refresh(INDArray w, int channels, boolean channelsFastest) {
    if (copy == null || !copy.equalShapes(w) || copy.ordering() != w.ordering()) {
      copy = Nd4j.createUninitializedDetached(w.dataType(), w.ordering(), w.shape());
    }
    if (Floats.onHost()) {
      onHost(w, channels, channelsFastest);
    } else {
      onDevice(w, channels, channelsFastest);
    }
    return copy;
  }

  static boolean perChannel(QuantSettings settings) {
    return settings.spec().weights().granularity() instanceof Granularity.Channel;
  }

  INDArray last() {
    return copy;
  }

  private void onHost(INDArray w, int channels, boolean channelsFastest) {
    float[] values = Floats.readInMemoryOrder(w);
    float[] scales = scales(values, channels, channelsFastest, bits, perChannel);
    float max = QuantParams.maxCode(bits);
    int run = values.length / channels;
    if (channelsFastest) {
      float[] each = new float[channels];
      for (int c = 0; c < channels; c++) {
        each[c] = scales[perChannel ? c : 0];
      }
      for (int row = 0; row < values.length; row += channels) {
        for (int c = 0; c < channels; c++) {
          float q = (float) Math.rint(values[row + c] / each[c]);
          values[row + c] = each[c] * Math.max(-max, Math.min(max, q));
        }
      }
    } else {
      for (int c = 0; c < channels; c++) {
        float s = scales[perChannel ? c : 0];
        for (int i = c * run; i < (c + 1) * run; i++) {
          values[i] = s * Math.max(-max, Math.min(max, (float) Math.rint(values[i] / s)));
        }
      }
    }
    try (FloatPointer pointer = Floats.pointer(copy)) {
      pointer.put(values, 0, values.length);
    }
  }

  private void onDevice(INDArray w, int channels, boolean channelsFastest) {
    copy.assign(w);
    long run = w.length() / channels;
    INDArray rows =
        channelsFastest ? copy.reshape('c', run, channels) : copy.reshape('f', run, channels);
    DeviceOps.quantizeColumns(rows, perChannel, QuantParams.maxCode(bits), QuantParams.MIN_SCALE);
  }

  /** Scales by (3), one per channel or one in all. */
  static float[] scales(
      float[] w, int channels, boolean channelsFastest, int bits, boolean perChannel) {
    float[] largest = new float[channels];
    int run = w.length / channels;
    for (int i = 0; i < w.length; ) {
      if (channelsFastest) {
        for (int c = 0; c < channels; c++, i++) {
          largest[c] = Math.max(largest[c], Math.abs(w[i]));
        }
      } else {
        float max = 0;
        int c = i / run;
        for (int end = i + run; i < end; i++) {
          max = Math.max(max, Math.abs(w[i]));
        }
        largest[c] = max;
      }
    }
    if (!perChannel) {
      float max = 0;
      for (float x : largest) {
        max = Math.max(max, x);
      }
      largest = new float[] {max};
    }
    for (int c = 0; c < largest.length; c++) {
      largest[c] = WeightQuantizer.scale(largest[c], bits);
    }
    return largest;
  }
}
