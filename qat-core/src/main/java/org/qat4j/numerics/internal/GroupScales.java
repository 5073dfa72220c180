package org.qat4j.numerics.internal;

import java.util.Arrays;
import org.qat4j.QatException;

/**
 * Scales of groups as whole multiples of another: the weights of group g have the scale k_g·s and
 * the codes k_g·q (3a), which are bytes, so that sums of products are the integers of (6) as ever.
 * Two levels of scales, of which the finer ones are integers, are those of Dai et al.,
 * arXiv:2102.04503.
 */
public final class GroupScales {
  private final Runs groups;
  private final byte[] multiples;

  /**
   * @param groups in the rows of the weights
   * @param multiples k of each group, 1 to 127; shared, not copied
   */
  public GroupScales(Runs groups, byte[] multiples) {
    for (byte k : multiples) {
      if (k < 1) {
        throw new QatException("the scale of a group is 1 to 127 times another, not " + k);
      }
    }
    if (multiples.length % groups.perRow() != 0) {
      throw new QatException(
          multiples.length + " multiples for rows of " + groups.perRow() + " groups");
    }
    this.groups = groups;
    this.multiples = multiples;
  }

  /**
   * The largest multiple for codes from {@code qmin} to {@code qmax} whose products are bytes.
   *
   * @param powerOfTwo whether multiples are powers of two
   */
  public static int most(int qmin, int qmax, boolean powerOfTwo) {
    int most = Math.max(1, Byte.MAX_VALUE / Math.max(-qmin, qmax));
    return powerOfTwo ? Integer.highestOneBit(most) : most;
  }

  /** Bits of a multiple of weights of {@code bits} bits: all up to {@link #most} fit. */
  public static int bits(int bits) {
    return Byte.SIZE + 1 - bits;
  }

  public Runs groups() {
    return groups;
  }

  /** Rows whose groups these are. */
  public int rows() {
    return multiples.length / groups.perRow();
  }

  /** Multiple of a group. */
  public int multiple(int group) {
    return multiples[group];
  }

  /** Of all groups; not to be changed. */
  public byte[] multiples() {
    return multiples;
  }

  /** Largest of the multiples. */
  public int largest() {
    int largest = 1;
    for (byte k : multiples) {
      largest = Math.max(largest, k);
    }
    return largest;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof GroupScales g
        && groups.equals(g.groups)
        && Arrays.equals(multiples, g.multiples);
  }

  @Override
  public int hashCode() {
    return 31 * groups.hashCode() + Arrays.hashCode(multiples);
  }

  /** Weights of a group, but for the last of a row. */
  public int groupSize() {
    return groups.size();
  }
}
