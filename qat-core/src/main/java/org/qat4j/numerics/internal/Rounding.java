package org.qat4j.numerics.internal;

/** The one rounding rule: to nearest, ties to even, as IEEE 754 and ONNX QuantizeLinear have it. */
public final class Rounding {
  /**
   * (x + 1.5·2²³) − 1.5·2²³ is x rounded to the nearest integer, ties to even, for |x| ≤ 2²²:
   * floats between 2²³ and 2²⁴ are the integers, and adding rounds as IEEE 754 says. A negative x
   * that is rounded to 0 becomes +0. For loops that shall be compiled to vector instructions.
   */
  static final float INTEGERS_ONLY = 0x1.8p23f;

  private Rounding() {}

  /**
   * The integer nearest to {@code x}, ties to even; NaN gives 0, values beyond int the nearest int.
   */
  public static int halfEven(float x) {
    return (int) Math.rint(x);
  }

  /**
   * The same for |x| ≤ 2²², as a float, in a form that loops of vector instructions have; NaN stays
   * NaN.
   */
  public static float nearest(float x) {
    return x + INTEGERS_ONLY - INTEGERS_ONLY;
  }
}
