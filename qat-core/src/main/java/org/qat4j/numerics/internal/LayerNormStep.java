package org.qat4j.numerics.internal;

import org.qat4j.numerics.QuantParams;

/**
 * Layer normalization on integers (18). Network, reference and runtime all compute it here.
 * Immutable, thread-safe.
 */
public final class LayerNormStep {
  /** Added to the variance where nothing else is said. */
  public static final double EPSILON = 1e-5;

  /** Normalized values have the scale 2^−10. */
  public static final int FRACTION = 10;

  /** With more channels a variance of 16-bit codes could leave the integers that double has. */
  public static final int MAX_CHANNELS = 2048;

  /** The same of codes that are at most {@link #NARROW} apart. */
  public static final int MAX_NARROW_CHANNELS = 4096;

  /** Distance of two codes of bytes with another sign. */
  public static final int NARROW = 2 * 255;

  private final int[] gain;
  private final int[] bias;
  private final double epsilon;
  private final int[] exponents;
  private final float scale;
  private final QuantParams output;

  /**
   * With {@link #EPSILON}.
   *
   * @param gain int16 at the scale 2^−shift, (channels)
   * @param bias int32 at the scale 2^−(shift + 10), (channels)
   * @param input of what is normalized
   * @param output of the result
   */
  public LayerNormStep(int[] gain, int[] bias, int shift, QuantParams input, QuantParams output) {
    this(gain, bias, shift, EPSILON, input, new int[0], output);
  }

  /**
   * @param gain int16 at the scale 2^−shift, (channels)
   * @param bias int32 at the scale 2^−(shift + 10), (channels)
   * @param epsilon added to the variance, in real numbers, ≥ 0
   * @param input of what is normalized
   * @param exponents e of each channel of it, whose codes mean 2^e·s·(q − z); none for one scale
   * @param output of the result
   */
  public LayerNormStep(
      int[] gain,
      int[] bias,
      int shift,
      double epsilon,
      QuantParams input,
      int[] exponents,
      QuantParams output) {
    this.gain = gain.clone();
    this.bias = bias.clone();
    this.exponents = exponents.length == 0 ? new int[gain.length] : exponents.clone();
    this.epsilon = epsilon(epsilon, gain.length, input.scale());
    this.scale = scale(shift);
    this.output = output;
  }

  /** ε in the unit of squares of channels·(q − mean of q). */
  public static double epsilon(double epsilon, int channels, float inputScale) {
    double unit = channels / (double) inputScale;
    return epsilon * (unit * unit);
  }

  /** Scale of the sums. */
  public static float scale(int shift) {
    return Math.scalb(1f, -(shift + FRACTION));
  }

  /** Number of channels. */
  public int channels() {
    return gain.length;
  }

  /**
   * One step.
   *
   * @param x q − z, (channels) from {@code at}
   * @param y becomes q − z of the result, (channels) from {@code atY}
   */
  public void apply(int[] x, int at, int[] y, int atY) {
    int sum = sum(x, at);
    double deviation = deviation(x, at, sum);
    for (int c = 0; c < gain.length; c++) {
      y[atY + c] = output.quantize(real(x, at, c, sum, deviation)) - output.zeroPoint();
    }
  }

  /**
   * The same before it is rounded to codes.
   *
   * @param y becomes the result, (channels) from {@code atY}
   */
  public void reals(int[] x, int at, float[] y, int atY) {
    int sum = sum(x, at);
    double deviation = deviation(x, at, sum);
    for (int c = 0; c < gain.length; c++) {
      y[atY + c] = real(x, at, c, sum, deviation);
    }
  }

  private int sum(int[] x, int at) {
    int sum = 0;
    for (int c = 0; c < gain.length; c++) {
      sum += x[at + c] << exponents[c];
    }
    return sum;
  }

  private double deviation(int[] x, int at, int sum) {
    long squares = 0;
    for (int c = 0; c < gain.length; c++) {
      int k = x[at + c] << exponents[c];
      squares += (long) k * k;
    }
    double variance = gain.length * squares - (long) sum * sum; // an integer that double has
    return Math.sqrt(variance + epsilon);
  }

  private float real(int[] x, int at, int c, int sum, double deviation) {
    double a = gain.length * (x[at + c] << exponents[c]) - sum;
    double steps = Math.rint(Math.scalb(a / deviation, FRACTION));
    int normal = (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, steps));
    return (float) (normal * gain[c] + bias[c]) * scale;
  }
}
