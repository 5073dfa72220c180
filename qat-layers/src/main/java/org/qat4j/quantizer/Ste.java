package org.qat4j.quantizer;

/** The gradient of a rounding, which has none: straight-through estimators (13). */
public enum Ste {
  /** 1 where the value lies inside the range, 0 where it was clipped. */
  CLIPPED,
  /** 1 everywhere. */
  PLAIN,
  /**
   * That of {@link #CLIPPED}; in training the value is rounded up with a probability equal to its
   * distance from the lower code, so that the rounding is right on average. Evaluation rounds to
   * nearest. Seeded: two trainings give the same bits.
   */
  STOCHASTIC
}
