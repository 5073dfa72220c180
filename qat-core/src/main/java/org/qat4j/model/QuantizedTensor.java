package org.qat4j.model;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.qat4j.QatException;
import org.qat4j.numerics.internal.GroupScales;
import org.qat4j.numerics.internal.Runs;

/**
 * Integer weights: codes and the scales that give them meaning, {@code r = scale[c]·(q − z)}. Where
 * groups of weights have scales of their own, the codes are products k·q with the multiple k of
 * their group (3a).
 *
 * <p>The codes are shared, not copied: neither the creator nor a reader may change them.
 */
public final class QuantizedTensor {
  private final byte[] codes;
  private final int[] shape;
  private final int bits;
  private final float[] scales;
  private final int zeroPoint;

  /** Null where groups have no scales of their own. */
  private final GroupScales groups;

  /** Of the codes, which takes as long as there are many; 0 where it was not asked for. */
  private int hash;

  /** Largest magnitude of a code; −1 where it was not asked for. */
  private int reach = -1;

  /**
   * @param codes row-major codes, each in [−2^(bits−1), 2^(bits−1) − 1]
   * @param shape dimensions, each ≥ 1, the output channel first
   * @param bits 2 to 8
   * @param scales one scale for the tensor, or one per index of the first dimension
   * @param zeroPoint code of real 0; 0 unless there is a single scale
   * @throws QatException if any of that does not hold
   */
  public QuantizedTensor(byte[] codes, int[] shape, int bits, float[] scales, int zeroPoint) {
    this(codes, shape, bits, scales, zeroPoint, null);
  }

  /**
   * The same where groups may have scales of their own.
   *
   * @param codes row-major, k·q with q in [−2^(bits−1), 2^(bits−1) − 1] and the multiple k of the
   *     group
   * @param groupSize weights of a group, of a row of all dimensions but the first; the last group
   *     of a row has what is left; 0 where there are none
   * @param multiples k of each group, 1 to 127; shared, not copied
   */
  public QuantizedTensor(
      byte[] codes,
      int[] shape,
      int bits,
      float[] scales,
      int zeroPoint,
      int groupSize,
      byte[] multiples) {
    this(codes, shape, bits, scales, zeroPoint, groups(codes, shape, groupSize, multiples));
  }

  private static GroupScales groups(byte[] codes, int[] shape, int groupSize, byte[] multiples) {
    if (groupSize == 0) {
      return null;
    }
    int row = shape.length == 0 ? 0 : codes.length / Math.max(1, shape[0]);
    return new GroupScales(new Runs(row, groupSize), multiples);
  }

  private QuantizedTensor(
      byte[] codes, int[] shape, int bits, float[] scales, int zeroPoint, GroupScales groups) {
    if (bits < 2 || bits > 8) {
      throw new QatException("weights have 2 to 8 bits, not " + bits);
    }
    long size = 1;
    for (int d : shape) {
      if (d < 1) {
        throw new QatException("impossible shape " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, (long) d);
    }
    if (shape.length == 0 || size != codes.length) {
      throw new QatException(
          codes.length + " codes do not fill the shape " + Arrays.toString(shape));
    }
    if (scales.length != 1 && scales.length != shape[0]) {
      throw new QatException(
          scales.length + " scales for " + shape[0] + " channels: expected 1 or " + shape[0]);
    }
    for (float s : scales) {
      if (!(s > 0) || Float.isInfinite(s)) {
        throw new QatException("a weight scale must be finite and positive, not " + s);
      }
    }
    if (groups != null) {
      check(groups, shape[0], codes.length / shape[0], bits, zeroPoint);
    }
    int lowest = -(1 << (bits - 1));
    int highest = -lowest - 1;
    for (int i = 0; i < codes.length; i++) {
      int multiple = groups == null ? 1 : groups.multiple(groups.groups().of(i));
      int q = codes[i] / multiple;
      if (q < lowest || q > highest || q * multiple != codes[i]) {
        throw new QatException(
            "code "
                + codes[i]
                + " does not fit in "
                + bits
                + " bits"
                + (groups == null ? "" : " times " + multiple));
      }
    }
    if (zeroPoint < lowest || zeroPoint > highest || (zeroPoint != 0 && scales.length != 1)) {
      throw new QatException(
          "zero point "
              + zeroPoint
              + " of "
              + bits
              + "-bit weights with "
              + scales.length
              + " scales");
    }
    this.codes = codes;
    this.shape = shape.clone();
    this.bits = bits;
    this.scales = scales.clone();
    this.zeroPoint = zeroPoint;
    this.groups = groups;
  }

  private static void check(GroupScales groups, int rows, int row, int bits, int zeroPoint) {
    if (groups.groups().row() != row || groups.rows() != rows) {
      throw new QatException(
          groups.rows() + " rows of " + groups.groups() + " for " + rows + " rows of " + row);
    }
    if (zeroPoint != 0 || groups.largest() >= 1 << GroupScales.bits(bits)) {
      throw new QatException(
          "groups with up to "
              + groups.largest()
              + " times a scale need fewer than "
              + bits
              + " bits and the zero point 0, not "
              + zeroPoint);
    }
  }

  /** The same with other codes. */
  public QuantizedTensor withCodes(byte[] others) {
    return new QuantizedTensor(others, shape, bits, scales, zeroPoint, groups);
  }

  /** The same with 2^−e of the scale of each output channel. */
  QuantizedTensor divided(IntVector exponents) {
    float[] divided = new float[shape[0]];
    for (int c = 0; c < divided.length; c++) {
      divided[c] = Math.scalb(scale(c), -exponents.get(c));
    }
    return new QuantizedTensor(codes, shape, bits, divided, zeroPoint, groups);
  }

  /** Row-major codes; not to be changed. */
  public byte[] codes() {
    return codes;
  }

  public int[] shape() {
    return shape.clone();
  }

  /** Dimension {@code i} of the shape. */
  public int dim(int i) {
    return shape[i];
  }

  public int rank() {
    return shape.length;
  }

  /** Bits of a code, or where there are groups of q. */
  public int bits() {
    return bits;
  }

  /** Bits that hold {@link #codes}: 8 where there are groups. */
  public int codeBits() {
    return groups == null ? bits : Byte.SIZE;
  }

  /** Weights of a group, but for the last of a row; 0 where groups have no scales of their own. */
  public int groupSize() {
    return groups == null ? 0 : groups.groupSize();
  }

  /** Multiples of the scale, one for each group; none without groups; not to be changed. */
  public byte[] multiples() {
    return groups == null ? new byte[0] : groups.multiples();
  }

  /** The largest multiple of a scale that a group has, 1 without groups. */
  public int largestMultiple() {
    return groups == null ? 1 : groups.largest();
  }

  /** The codes without the multiples of their groups. */
  public byte[] withoutMultiples() {
    if (groups == null) {
      return codes;
    }
    byte[] q = new byte[codes.length];
    for (int i = 0; i < q.length; i++) {
      q[i] = (byte) (codes[i] / groups.multiple(groups.groups().of(i)));
    }
    return q;
  }

  /** 1, or as many as the first dimension. */
  public int scaleCount() {
    return scales.length;
  }

  /** Scale of output channel {@code c}. */
  public float scale(int c) {
    return scales.length == 1 ? scales[0] : scales[c];
  }

  public float[] scales() {
    return scales.clone();
  }

  /** The smallest of the scales. */
  public float smallestScale() {
    float found = scales[0];
    for (float s : scales) {
      found = Math.min(found, s);
    }
    return found;
  }

  /** The largest of the scales. */
  public float largestScale() {
    float found = scales[0];
    for (float s : scales) {
      found = Math.max(found, s);
    }
    return found;
  }

  public int zeroPoint() {
    return zeroPoint;
  }

  /** Largest magnitude of a code. */
  int reach() {
    int known = reach;
    if (known < 0) {
      known = 0;
      for (byte q : codes) {
        known = Math.max(known, Math.abs(q));
      }
      reach = known;
    }
    return known;
  }

  /** Share of the codes that stand for real 0, 0 to 1. */
  public double zeroShare() {
    int zeros = 0;
    for (byte q : codes) {
      zeros += q == zeroPoint ? 1 : 0;
    }
    return zeros / (double) codes.length;
  }

  /** Share of the codes of several tensors that stand for real 0, 0 to 1. */
  public static double zeroShare(List<QuantizedTensor> tensors) {
    double zeros = 0;
    double codes = 0;
    for (QuantizedTensor t : tensors) {
      zeros += t.zeroShare() * t.codes.length;
      codes += t.codes.length;
    }
    return zeros / codes;
  }

  /** Bytes of codes and multiples when packed at their bit width. */
  public long packedBytes() {
    return ((long) codes.length * bits + 7) / 8
        + ((long) multiples().length * GroupScales.bits(bits) + 7) / 8;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof QuantizedTensor t
        && bits == t.bits
        && zeroPoint == t.zeroPoint
        && Arrays.equals(shape, t.shape)
        && Arrays.equals(scales, t.scales)
        && Objects.equals(groups, t.groups)
        && Arrays.equals(codes, t.codes);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = 31 * Arrays.hashCode(shape) + Arrays.hashCode(codes);
      hash = known;
    }
    return known;
  }

  @Override
  public String toString() {
    String each = groups == null ? "" : " in groups of " + groups.groups().size();
    return "int" + bits + Arrays.toString(shape) + each;
  }
}
