package org.qat4j.runtime.internal;

import org.qat4j.model.QuantizedTensor;

/**
 * The weights of a convolution or of a dense layer, which is the convolution with one tap.
 *
 * @param tensor [channels, taps, depth] or [channels, taps·depth]
 * @param taps steps that a window reads, ≥ 1
 * @param tapStep elements of the input from one tap to the next
 * @param bound largest magnitude that an accumulator reaches (6)
 */
record ProductWeights(QuantizedTensor tensor, int taps, int tapStep, long bound) {
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

  /** q_w − z_w. */
  int weight(int channel, int i) {
    return tensor.codes()[channel * size() + i] - tensor.zeroPoint();
  }
}
