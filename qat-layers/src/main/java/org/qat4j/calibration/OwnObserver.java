package org.qat4j.calibration;

/**
 * A rule of a user's own for the range of a quantizer: one class, public and with a public
 * constructor without arguments. It is named by its class, or by its {@link #name()} if a file
 * {@code META-INF/services/org.qat4j.calibration.OwnObserver} lists it; see {@link RangeRule.Own}.
 * One object serves all quantizers and threads, so that it keeps no state.
 */
public interface OwnObserver {
  /** The name by which a listed class is found; that of the class, unless overridden. */
  default String name() {
    return getClass().getName();
  }

  /**
   * The range that the codes shall cover; what lies beyond is clipped.
   *
   * @param seen all finite values of a calibration, of a batch in training, or of the weights that
   *     share a scale; at least one
   * @param grids the scheme of the quantizer: which codes would cover a range
   * @return its ends; 0 is added where it lies outside
   */
  Range range(ValueCounts seen, Grids grids);
}
