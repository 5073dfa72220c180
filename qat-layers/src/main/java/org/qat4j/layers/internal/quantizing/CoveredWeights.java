package org.qat4j.layers.internal.quantizing;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.calibration.Grids;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.internal.FakeQuant;

/**
 * Fake quantization (3) of weights whose symmetric ranges are their own extremes, so that nothing
 * is clipped: block by block from the weights to their copy, without arrays of their size.
 */
final class CoveredWeights {
  private static final int BLOCK = 1 << 14;

  /** Bits of the smallest magnitude that is not finite. */
  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private static final int MAGNITUDE = Integer.MAX_VALUE;

  private final float[] block = new float[BLOCK];
  private float[] scales = new float[0];

  /**
   * Weights of a channel side by side.
   *
   * @param w dense, on the host
   * @param copy like w
   * @param channels that have a scale each; 1 for one scale of all weights
   * @return false if a weight is not finite
   */
  boolean byChannel(INDArray w, INDArray copy, int channels, Grids grids) {
    FloatBuffer from = Floats.buffer(w);
    FloatBuffer to = Floats.buffer(copy);
    int size = from.capacity() / channels;
    for (int at = 0; at < from.capacity(); at += size) {
      int bits = magnitude(from, at, at + size);
      if (bits >= INFINITE) {
        return false;
      }
      float scale = scale(Float.intBitsToFloat(bits), grids);
      for (int begin = at, n; begin < at + size; begin += n) {
        n = Math.min(BLOCK, at + size - begin);
        if (n < size) { // else it has just been read
          from.get(begin, block, 0, n);
        }
        FakeQuant.covered(block, n, scale);
        to.put(begin, block, 0, n);
      }
    }
    return true;
  }

  /** Bits of the largest magnitude; reads the values into the block. */
  private int magnitude(FloatBuffer values, int from, int to) {
    int largest = 0;
    for (int at = from; at < to; at += BLOCK) {
      int n = Math.min(BLOCK, to - at);
      values.get(at, block, 0, n);
      largest = Math.max(largest, magnitude(n));
    }
    return largest;
  }

  /** Bits of the largest magnitude of the block: maxima of integers, four that do not wait. */
  private int magnitude(int n) {
    int a = 0;
    int b = 0;
    int c = 0;
    int d = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a = Math.max(a, Float.floatToRawIntBits(block[i]) & MAGNITUDE);
      b = Math.max(b, Float.floatToRawIntBits(block[i + 1]) & MAGNITUDE);
      c = Math.max(c, Float.floatToRawIntBits(block[i + 2]) & MAGNITUDE);
      d = Math.max(d, Float.floatToRawIntBits(block[i + 3]) & MAGNITUDE);
    }
    for (; i < n; i++) {
      a = Math.max(a, Float.floatToRawIntBits(block[i]) & MAGNITUDE);
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  /** The same for weights of all channels side by side; at most {@link #fits} channels. */
  boolean channelsFastest(INDArray w, INDArray copy, int channels, Grids grids) {
    FloatBuffer from = Floats.buffer(w);
    FloatBuffer to = Floats.buffer(copy);
    if (scales.length != channels) {
      scales = new float[channels];
    }
    Arrays.fill(scales, 0f);
    int rows = BLOCK / channels * channels;
    for (int at = 0; at < from.capacity(); at += rows) {
      int n = Math.min(rows, from.capacity() - at);
      from.get(at, block, 0, n);
      FakeQuant.magnitudes(block, n, scales);
    }
    for (int c = 0; c < channels; c++) {
      if (!Float.isFinite(scales[c])) {
        return false;
      }
      scales[c] = scale(scales[c], grids);
    }
    for (int at = 0; at < from.capacity(); at += rows) {
      int n = Math.min(rows, from.capacity() - at);
      from.get(at, block, 0, n);
      FakeQuant.covered(block, n, scales);
      to.put(at, block, 0, n);
    }
    return true;
  }

  /** Whether a block holds a weight of each channel. */
  static boolean fits(int channels) {
    return channels <= BLOCK;
  }

  private static float scale(float magnitude, Grids grids) {
    return grids.covering(-magnitude, magnitude).scale();
  }
}
