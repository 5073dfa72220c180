package org.qat4j.runtime.internal;

import java.util.Arrays;
import java.util.List;
import org.qat4j.model.Window2d;

/** The windows of an operation over an image [height, width, channels]. */
final class ImageWindows {
  final int positions;
  final int taps;
  final int channels;
  private final Window2d window;
  private final int height;
  private final int width;
  private final int columns;

  ImageWindows(List<Integer> input, List<Integer> output, Window2d window) {
    this.window = window;
    this.height = input.get(0);
    this.width = input.get(1);
    this.channels = input.get(2);
    this.columns = output.get(1);
    this.positions = output.get(0) * columns;
    this.taps = window.taps();
  }

  /** First element of the pixel that a tap reads, from the beginning of the image; −1 outside. */
  int at(int position, int tap) {
    int row = window.row(position / columns, tap / window.kernelW());
    int column = window.column(position % columns, tap % window.kernelW());
    boolean inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? (row * width + column) * channels : -1;
  }

  /** Taps of a window that lie in the image. */
  int inside(int position) {
    int row = window.row(position / columns, 0);
    int column = window.column(position % columns, 0);
    return inside(row, window.kernelH(), height) * inside(column, window.kernelW(), width);
  }

  /** Without dilation. */
  private static int inside(int from, int taps, int size) {
    return Math.max(0, Math.min(from + taps, size) - Math.max(from, 0));
  }

  /** Copies a window, pixel by pixel, with zeros beyond the edges. */
  void copy(int[] x, int image, int position, int[] patch, int to) {
    int run = window.dilationW() == 1 ? window.kernelW() : 1;
    int out = to;
    for (int k = 0; k < taps; k += run) {
      int row = window.row(position / columns, k / window.kernelW());
      int column = window.column(position % columns, k % window.kernelW());
      int from = row < 0 || row >= height ? 0 : Math.max(0, Math.min(run, -column));
      int until = row < 0 || row >= height ? 0 : Math.max(from, Math.min(run, width - column));
      Arrays.fill(patch, out, out + from * channels, 0);
      if (until > from) {
        int first = image + (row * width + column + from) * channels;
        System.arraycopy(x, first, patch, out + from * channels, (until - from) * channels);
      }
      Arrays.fill(patch, out + until * channels, out + run * channels, 0);
      out += run * channels;
    }
  }
}
