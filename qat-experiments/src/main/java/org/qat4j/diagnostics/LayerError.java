package org.qat4j.diagnostics;

/**
 * How far the values of a layer are from what they were meant to be, over all values of a batch.
 *
 * @param sqnrDb 10·log₁₀(Σ reference² / Σ (reference − value)²), in decibels; infinite where they
 *     are equal
 * @param cosine of the angle between the two, −1 to 1
 */
public record LayerError(double sqnrDb, double cosine) {
  /**
   * Compares two arrays of the same length.
   *
   * @param reference what was meant
   * @param value what came out
   */
  public static LayerError of(float[] reference, float[] value) {
    double signal = 0;
    double noise = 0;
    double norm = 0;
    double product = 0;
    for (int i = 0; i < reference.length; i++) {
      double r = reference[i];
      double v = value[i];
      signal += r * r;
      noise += (r - v) * (r - v);
      norm += v * v;
      product += r * v;
    }
    double sqnr = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    double length = Math.sqrt(signal * norm);
    double cosine = length == 0 ? (signal == norm ? 1 : 0) : product / length;
    return new LayerError(sqnr, Math.max(-1, Math.min(1, cosine)));
  }
}
