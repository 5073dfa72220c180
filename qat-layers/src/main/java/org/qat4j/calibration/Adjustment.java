package org.qat4j.calibration;

import java.io.Serializable;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;

/**
 * What a search changes of the scale and zero point that a {@link RangeRule} gave: the scale
 * becomes clip·s, so that the codes cover clip times the range about 0, and the zero point z +
 * zeroShift, so that they cover as many more steps on one side of 0 and fewer on the other.
 *
 * @param clip in (0, 2]; 1 leaves the scale as it is
 * @param zeroShift −255 to 255 codes; 0 leaves the zero point as it is
 */
public record Adjustment(float clip, int zeroShift) implements Serializable {
  /** Changes nothing. */
  public static final Adjustment NONE = new Adjustment(1, 0);

  private static final int MAX_SHIFT = 255;

  public Adjustment {
    if (!(clip > 0 && clip <= 2)) {
      throw new QatException("clip multiplies a range by a number above 0 and to 2, not " + clip);
    }
    if (Math.abs(zeroShift) > MAX_SHIFT) {
      throw new QatException("zeroShift is −255 to 255 codes, not " + zeroShift);
    }
  }

  /** Whether it changes nothing. */
  public boolean isNone() {
    return equals(NONE);
  }

  /**
   * Scale and zero point with the change; the zero point stays a code.
   *
   * @param powerOfTwo whether the scale is rounded up to a power of two again
   */
  public QuantParams apply(QuantParams p, boolean powerOfTwo) {
    if (isNone()) {
      return p;
    }
    return new QuantParams(
        QuantParams.scale(clip * p.scale(), powerOfTwo),
        Math.max(p.qmin(), Math.min(p.qmax(), p.zeroPoint() + zeroShift)),
        p.qmin(),
        p.qmax());
  }

  /** The same for all scales of a grid. */
  public WeightGrid apply(WeightGrid grid, boolean powerOfTwo) {
    if (isNone()) {
      return grid;
    }
    if (zeroShift != 0 || grid.zeroPoint() != 0) {
      return WeightGrid.of(apply(grid.params(0), powerOfTwo));
    }
    float[] scales = grid.scales();
    for (int i = 0; i < scales.length; i++) {
      scales[i] = QuantParams.scale(clip * scales[i], powerOfTwo);
    }
    return grid.withScales(scales);
  }
}
