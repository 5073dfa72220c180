package org.qat4j.numerics;

import org.qat4j.QatException;
import org.qat4j.numerics.internal.Rounding;

/**
 * How codes stand for real numbers: equation (1), {@code r = s·(q − z)}.
 *
 * @param scale s, positive, so small that every code stands for a finite number: the real distance
 *     between neighbouring codes
 * @param zeroPoint z, the code of real 0, in [qmin, qmax]
 * @param qmin smallest code
 * @param qmax largest code; at most 65535 codes in all
 */
public record QuantParams(float scale, int zeroPoint, int qmin, int qmax) {

  /** The smallest scale that is used: products of two such scales are still normal floats. */
  public static final float MIN_SCALE = 0x1p-40f;

  public QuantParams {
    if (!(scale > 0) || Float.isInfinite(scale)) {
      throw new QatException("scale must be finite and positive, not " + scale);
    }
    if (qmin >= qmax || qmin < Short.MIN_VALUE || qmax > Short.MAX_VALUE) {
      throw new QatException(
          "the code range [" + qmin + ", " + qmax + "] is not a range of shorts");
    }
    if (zeroPoint < qmin || zeroPoint > qmax) {
      throw new QatException(
          "zero point " + zeroPoint + " lies outside the code range [" + qmin + ", " + qmax + "]");
    }
    if (Float.isInfinite(scale * (float) Math.max(qmax - zeroPoint, zeroPoint - qmin))) {
      throw new QatException("at the scale " + scale + " the last codes would stand for infinity");
    }
  }

  /** Smallest code of {@code bits}-bit signed codes, full range. */
  public static int minCode(int bits) {
    return -(1 << (bits - 1));
  }

  /** Largest code of {@code bits}-bit signed codes: 2^(bits−1) − 1. */
  public static int maxCode(int bits) {
    return (1 << (bits - 1)) - 1;
  }

  /**
   * Equation (4): full signed range of {@code bits}; the range is widened to hold 0 and the zero
   * point rounded to a code, so that real 0 is exact.
   *
   * @param lo smallest real value, finite
   * @param hi largest real value, finite, ≥ lo
   * @param bits 2 to 16
   */
  public static QuantParams asymmetric(float lo, float hi, int bits) {
    return asymmetric(lo, hi, bits, false);
  }

  /**
   * The same with a scale that is a power of two, the smallest that covers the range.
   *
   * @param powerOfTwo whether the scale is one
   */
  public static QuantParams asymmetric(float lo, float hi, int bits, boolean powerOfTwo) {
    checkRange(lo, hi, bits);
    float low = Math.min(lo, 0f);
    float high = Math.max(hi, 0f);
    int qmin = minCode(bits);
    int qmax = maxCode(bits);
    float scale = scale((high - low) / (float) (qmax - qmin), powerOfTwo);
    float z = (float) qmin - low / scale;
    int zeroPoint = Math.max(qmin, Math.min(qmax, Rounding.halfEven(z)));
    return new QuantParams(scale, zeroPoint, qmin, qmax);
  }

  /**
   * Equation (3): zero point 0, narrow range ±(2^(bits−1) − 1).
   *
   * @param maxAbs largest magnitude, finite, ≥ 0
   * @param bits 2 to 16; 2 is ternary
   */
  public static QuantParams symmetric(float maxAbs, int bits) {
    return symmetric(-maxAbs, maxAbs, bits, false, false);
  }

  /**
   * Equation (3): zero point 0 and the smallest scale that covers the range.
   *
   * @param lo smallest real value, finite
   * @param hi largest real value, finite, ≥ lo
   * @param bits 2 to 16
   * @param fullRange codes from −2^(bits−1) on, and not from −(2^(bits−1) − 1) on
   * @param powerOfTwo whether the scale is a power of two
   */
  public static QuantParams symmetric(
      float lo, float hi, int bits, boolean fullRange, boolean powerOfTwo) {
    checkRange(lo, hi, bits);
    int qmax = maxCode(bits);
    int qmin = fullRange ? minCode(bits) : -qmax;
    float scale = Math.max(hi / (float) qmax, lo / (float) qmin);
    return new QuantParams(scale(scale, powerOfTwo), 0, qmin, qmax);
  }

  /**
   * A scale that may be used: at least {@link #MIN_SCALE}, and rounded up to a power of two where
   * that is asked for.
   */
  public static float scale(float atLeast, boolean powerOfTwo) {
    float scale = Math.max(atLeast, MIN_SCALE);
    if (!powerOfTwo) {
      return scale;
    }
    float power = Math.scalb(1f, Math.getExponent(scale));
    return power < scale ? 2f * power : power;
  }

  private static void checkRange(float lo, float hi, int bits) {
    if (!Float.isFinite(lo) || !Float.isFinite(hi) || lo > hi) {
      throw new QatException("[" + lo + ", " + hi + "] is not a range of finite values");
    }
    if (bits < 2 || bits > 16) {
      throw new QatException("bits must be 2 to 16, not " + bits);
    }
  }

  /** Equation (2): clamp(rint(r / s) + z, qmin, qmax). NaN gives the zero point. */
  public int quantize(float r) {
    return Rounding.halfEven(clampToRange(r / scale)) + zeroPoint;
  }

  private float clampToRange(float steps) {
    return Math.max(qmin - zeroPoint, Math.min(qmax - zeroPoint, steps));
  }

  /** Equation (1): s·(q − z). */
  public float dequantize(int q) {
    return scale * (float) (q - zeroPoint);
  }

  /** Fake quantization: (2), then (1). */
  public float fakeQuantize(float r) {
    return dequantize(quantize(r));
  }

  /** Largest |q − z| of any code. */
  public int maxDistance() {
    return Math.max(qmax - zeroPoint, zeroPoint - qmin);
  }

  /** Smallest real value that a code stands for. */
  public float minValue() {
    return dequantize(qmin);
  }

  /** Largest real value that a code stands for. */
  public float maxValue() {
    return dequantize(qmax);
  }
}
