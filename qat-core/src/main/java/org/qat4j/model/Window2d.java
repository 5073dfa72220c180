package org.qat4j.model;

/**
 * Which part of an image [H, W, C] each position of a result reads.
 *
 * @param kernelH rows of a window
 * @param kernelW columns of a window
 * @param strideH rows from one position to the next
 * @param strideW columns from one position to the next
 * @param dilationH rows from one tap to the next
 * @param dilationW columns from one tap to the next
 * @param padTop rows added above
 * @param padLeft columns added on the left
 * @param padBottom rows added below
 * @param padRight columns added on the right
 */
public record Window2d(
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int dilationH,
    int dilationW,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {

  /** Windows without padding and dilation. */
  public static Window2d plain(int kernelH, int kernelW, int strideH, int strideW) {
    return new Window2d(kernelH, kernelW, strideH, strideW, 1, 1, 0, 0, 0, 0);
  }

  /** The components in their order, as a model file keeps them. */
  public IntVector toVector() {
    return IntVector.of(
        kernelH, kernelW, strideH, strideW, dilationH, dilationW, padTop, padLeft, padBottom,
        padRight);
  }

  /** Taps of a window. */
  public int taps() {
    return kernelH * kernelW;
  }

  /** Whether anything is added around the image. */
  public boolean pads() {
    return padTop + padLeft + padBottom + padRight > 0;
  }

  /** Rows that a window spans. */
  public long spanH() {
    return (kernelH - 1L) * dilationH + 1;
  }

  /** Columns that a window spans. */
  public long spanW() {
    return (kernelW - 1L) * dilationW + 1;
  }

  /** Rows of the result for an image of {@code height} rows; ≤ 0 where no window fits. */
  public long rows(int height) {
    return Math.floorDiv((long) height + padTop + padBottom - spanH(), strideH) + 1;
  }

  /** Columns of the result for an image of {@code width} columns; ≤ 0 where no window fits. */
  public long columns(int width) {
    return Math.floorDiv((long) width + padLeft + padRight - spanW(), strideW) + 1;
  }

  /** The row that tap row {@code k} of result row {@code p} reads; it may lie outside. */
  public int row(int p, int k) {
    return p * strideH + k * dilationH - padTop;
  }

  /** The column that tap column {@code k} of result column {@code p} reads; it may lie outside. */
  public int column(int p, int k) {
    return p * strideW + k * dilationW - padLeft;
  }
}
