package org.qat4j.calibration;

import org.qat4j.numerics.QuantParams;

/** The scheme of a quantizer: which codes it uses to cover a range. */
@FunctionalInterface
public interface Grids {
  /**
   * @param lo smallest real value that shall be covered
   * @param hi largest real value that shall be covered, ≥ lo
   */
  QuantParams covering(float lo, float hi);
}
