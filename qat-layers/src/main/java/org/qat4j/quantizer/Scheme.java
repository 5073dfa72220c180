package org.qat4j.quantizer;

/** Whether real 0 has the code 0 or a code of its own choosing. */
public enum Scheme {
  /** r = s·q: zero point 0, a range as wide below zero as above. */
  SYMMETRIC,
  /** r = s·(q − z): the range fits the values, widened to hold 0. */
  ASYMMETRIC
}
