package org.qat4j.numerics.internal;

import java.util.Arrays;
import java.util.Objects;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/**
 * The values that the weights of a layer can take: r = scale[c]·(q − z) for codes q in [qmin,
 * qmax]; where groups have scales of their own, r = scale[c]·k·q (3a).
 */
public final class WeightGrid {
  /**
   * A multiple may fall short of the scale that was asked for by this share of {@code scale[c]}.
   */
  private static final float SLACK = 0x1p-10f;

  private final float[] scales;
  private final int zeroPoint;
  private final int qmin;
  private final int qmax;

  /** Null where groups have no scales of their own. */
  private final GroupScales groups;

  /**
   * @param scales one per output channel, or one for the layer
   * @param zeroPoint 0 unless there is a single scale
   * @param qmin smallest code
   * @param qmax largest code
   */
  public WeightGrid(float[] scales, int zeroPoint, int qmin, int qmax) {
    this(scales.clone(), zeroPoint, qmin, qmax, null);
  }

  private WeightGrid(float[] scales, int zeroPoint, int qmin, int qmax, GroupScales groups) {
    if (zeroPoint != 0 && scales.length != 1) {
      throw new QatException(
          "weights with the zero point " + zeroPoint + " have one scale, not " + scales.length);
    }
    this.scales = scales;
    this.zeroPoint = zeroPoint;
    this.qmin = qmin;
    this.qmax = qmax;
    this.groups = groups;
    for (float s : scales) {
      new QuantParams(s, zeroPoint, qmin, qmax);
    }
  }

  /** The grid of a layer whose weights share one scale. */
  public static WeightGrid of(QuantParams p) {
    return new WeightGrid(new float[] {p.scale()}, p.zeroPoint(), p.qmin(), p.qmax());
  }

  /**
   * Symmetric weights with a scale for each group, rounded up to a multiple of that of its row or,
   * of a table, of all rows (3a).
   *
   * @param wanted scale of each group, finite and positive
   * @param rows whether each row has a scale of its own
   * @param powerOfTwo whether multiples are powers of two, as the scales that are wanted then are
   */
  public static WeightGrid grouped(
      float[] wanted, Runs groups, boolean rows, int qmin, int qmax, boolean powerOfTwo) {
    int most = GroupScales.most(qmin, qmax, powerOfTwo);
    int together = rows ? groups.perRow() : wanted.length;
    float[] scales = new float[wanted.length / together];
    byte[] multiples = new byte[wanted.length];
    for (int c = 0; c < scales.length; c++) {
      float largest = 0;
      for (int g = c * together; g < (c + 1) * together; g++) {
        largest = Math.max(largest, wanted[g]);
      }
      scales[c] = Math.max(largest / (float) most, QuantParams.MIN_SCALE);
      for (int g = c * together; g < (c + 1) * together; g++) {
        int multiple = (int) Math.ceil(wanted[g] / scales[c] - SLACK);
        multiples[g] = (byte) Math.max(1, Math.min(most, multiple));
      }
    }
    return new WeightGrid(scales, 0, qmin, qmax, new GroupScales(groups, multiples));
  }

  /** The same codes with other scales: as many as there are, or one for each row. */
  public WeightGrid withScales(float[] others) {
    return Arrays.equals(others, scales)
        ? this
        : new WeightGrid(others.clone(), zeroPoint, qmin, qmax, groups);
  }

  /** Meaning of the codes of channel {@code c}, which are products k·q where there are groups. */
  public QuantParams params(int c) {
    int most = groups == null ? 1 : groups.largest();
    return new QuantParams(scale(c), zeroPoint, most * qmin, most * qmax);
  }

  /** Meaning of the codes q of a group, or where there are none of a row. */
  public QuantParams group(int g) {
    if (groups == null) {
      return params(g);
    }
    float scale = scale(g / groups.groups().perRow());
    return new QuantParams((float) groups.multiple(g) * scale, zeroPoint, qmin, qmax);
  }

  /** Multiple k of a group; 1 where there are none. */
  public int multiple(int g) {
    return groups == null ? 1 : groups.multiple(g);
  }

  /** Groups of rows of so many weights: whole rows where groups have no scales of their own. */
  public Runs groups(int row) {
    return groups == null ? Runs.rows(row) : groups.groups();
  }

  /** Scales of groups, or null where they have none of their own. */
  public GroupScales groupScales() {
    return groups;
  }

  /**
   * The values of the grid that weights are rounded to, (2) and (1).
   *
   * @param w rows one behind the other
   * @param row weights of a row
   */
  public float[] rounded(float[] w, int row) {
    Runs runs = groups(row);
    float[] rounded = new float[w.length];
    for (int g = 0; g < runs.count(w.length); g++) {
      QuantParams p = group(g);
      for (int i = runs.from(g); i < runs.to(g); i++) {
        rounded[i] = p.fakeQuantize(w[i]);
      }
    }
    return rounded;
  }

  /** One per output channel, or one for the layer. */
  public float[] scales() {
    return scales.clone();
  }

  /** Scale of channel {@code c}. */
  public float scale(int c) {
    return scales.length == 1 ? scales[0] : scales[c];
  }

  /** Bits of the codes: 2^(bits−1) − 1 is the largest. */
  public int bits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(qmax) + 1;
  }

  public int zeroPoint() {
    return zeroPoint;
  }

  /** Smallest code of a group. */
  public int qmin() {
    return qmin;
  }

  /** Largest code of a group. */
  public int qmax() {
    return qmax;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof WeightGrid g
        && zeroPoint == g.zeroPoint
        && qmin == g.qmin
        && qmax == g.qmax
        && Arrays.equals(scales, g.scales)
        && Objects.equals(groups, g.groups);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(scales) + 17 * qmax + Objects.hashCode(groups);
  }
}
