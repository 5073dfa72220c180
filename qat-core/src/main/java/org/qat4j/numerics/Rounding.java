package org.qat4j.numerics;

/** The one rounding rule: to nearest, ties to even, as IEEE 754 and ONNX QuantizeLinear have it. */
public final class Rounding {
  private Rounding() {}

  /**
   * The integer nearest to {@code x}, ties to even; NaN gives 0, values beyond int the nearest int.
   */
  public static int halfEven(float x) {
    return (int) Math.rint(x);
  }
}
