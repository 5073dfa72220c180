package org.qat4j.runtime.internal;

import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.internal.AccumulatorBound;

/**
 * The weights of a convolution or of a dense layer, which is the convolution with one tap.
 *
 * @param tensor [channels, taps, depth] or [channels, taps·depth]
 * @param taps steps that a window reads, ≥ 1
 * @param tapStep elements of the input from one tap to the next
 * @param reach largest magnitude of q_x − z_x
 * @param bound largest magnitude that an accumulator reaches (6)
 */
record ProductWeights(QuantizedTensor tensor, int taps, int tapStep, int reach, long bound) {
  /** Bits of the lower half of an input that is multiplied half by half. */
  static final int HALF_BITS = 6;

  int channels() {
    return tensor.dim(0);
  }

  /** Weights of one channel. */
  int size() {
    return tensor.codes().length / channels();
  }

  /** Elements of the input that a tap reads. */
  int depth() {
    return size() / taps;
  }

  /** Whether products with each half of the input are exact in float32 (6b). */
  boolean halvesAreExact() {
    long largest = 0;
    for (int c = 0; c < channels(); c++) {
      long sum = 0;
      for (int i = 0; i < size(); i++) {
        sum += Math.abs(weight(c, i));
      }
      largest = Math.max(largest, sum);
    }
    return largest * Math.max(1 << HALF_BITS, (reach >> HALF_BITS) + 1)
        < AccumulatorBound.FLOAT_EXACT;
  }

  /** q_w − z_w. */
  int weight(int channel, int i) {
    return tensor.codes()[channel * size() + i] - tensor.zeroPoint();
  }
}
