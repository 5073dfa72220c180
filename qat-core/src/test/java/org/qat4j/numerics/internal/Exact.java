package org.qat4j.numerics.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Exact arithmetic to compare with. Every float is a decimal fraction, so nothing is lost. */
public final class Exact {
  private static final MathContext MANY = new MathContext(60, RoundingMode.HALF_EVEN);
  private static final BigDecimal HALF = new BigDecimal("0.5");

  private Exact() {}

  public static BigDecimal of(double x) {
    return new BigDecimal(x);
  }

  /** To 60 digits: far more than decides any comparison here. */
  public static BigDecimal quotient(BigDecimal a, BigDecimal b) {
    return a.divide(b, MANY);
  }

  /** The nearest integer, ties to even, within [lo, hi]. */
  public static int halfEven(BigDecimal x, int lo, int hi) {
    return x.setScale(0, RoundingMode.HALF_EVEN)
        .max(BigDecimal.valueOf(lo))
        .min(BigDecimal.valueOf(hi))
        .intValueExact();
  }

  /** Distance to the nearest number that lies halfway between two integers. */
  public static double toTie(BigDecimal x) {
    BigDecimal fraction = x.subtract(x.setScale(0, RoundingMode.FLOOR));
    return fraction.subtract(HALF).abs().doubleValue();
  }
}
