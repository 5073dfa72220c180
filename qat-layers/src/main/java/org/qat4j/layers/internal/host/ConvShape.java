package org.qat4j.layers.internal.host;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;

/** Geometry of a convolution over time. */
public record ConvShape(
    int kernel, int stride, int dilation, int padLeft, int padRight, int steps) {
  /** As DL4J computes it for sequences of {@code steps}. */
  public static ConvShape of(Convolution1DLayer conf, int steps) {
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
    right += overhang(steps + left + right, span, stride);
    return new ConvShape(
        kernel, stride, dilation, left, right, (steps + left + right - span) / stride + 1);
  }

  /**
   * How far the only window reaches beyond its input, where it is larger than that by less than a
   * stride: DL4J rounds the number of steps to such a window towards 0, and so has one.
   *
   * @param size of the input with its padding
   */
  public static int overhang(int size, int span, int stride) {
    return span > size && span - size < stride ? span - size : 0;
  }

  /**
   * Windows of each example up to the first of those at its end that all read the same, padding as
   * a rule.
   *
   * @param x [n, rows, channels]
   * @param rows of an example, with those of padding on the right
   * @param missing rows of padding on the left
   * @param counts one for each example, overwritten
   */
  public void different(FloatBuffer x, int rows, int missing, int channels, int[] counts) {
    float[] last = new float[channels];
    float[] row = new float[channels];
    for (int i = 0; i < counts.length; i++) {
      int same = rows - 1;
      x.get((i * rows + same) * channels, last);
      while (same > 0) {
        x.get((i * rows + same - 1) * channels, row);
        if (!Arrays.equals(row, last)) {
          break;
        }
        same--;
      }
      counts[i] = Math.min(steps, (same + missing + stride - 1) / stride + 1);
    }
  }
}
