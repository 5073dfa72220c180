package org.qat4j.format.internal;

import java.util.Arrays;
import org.qat4j.QatException;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.internal.GroupScales;
import org.qat4j.numerics.internal.Runs;

/**
 * Writes and reads integer tensors at their bit width: every code, or where that is smaller the
 * codes that are not zero with the gaps between them.
 *
 * <p>A gap is a field of 1, 2 or 4 bits. Its largest value says that so many zeros follow; any
 * other that so many zeros and then a code follow. Fields of one bit are thus a mask of zeros; wide
 * ones fit sparser tensors. Of ternary codes those that are not zero are signs, of one bit each:
 * then the mask is smaller than two bits for every code as soon as some are zero. A byte stands for
 * 30 codes at most, so a small file cannot ask for much memory.
 */
public final class TensorCodec {
  private static final int DENSE = 0;

  /** Added where groups have scales of their own. */
  private static final int GROUPED = 16;

  private static final int[] GAP_WIDTHS = {1, 2, 4};

  /** Added to the width of gaps where codes are signs. */
  private static final int SIGNS = 8;

  private static final int MAX_RANK = 8;

  private TensorCodec() {}

  /**
   * How the codes of a tensor are written.
   *
   * @param signs whether they are signs
   * @param width of gaps, or {@link #DENSE}
   * @param bytes that they take
   */
  private record Form(boolean signs, int width, long bytes) {}

  public static void write(ByteSink out, QuantizedTensor t) {
    byte[] codes = t.withoutMultiples();
    Form form = form(codes, t);
    boolean signs = form.signs;
    int width = form.width;
    int encoding = width != DENSE && signs ? width + SIGNS : width;
    out.u8(t.groupSize() == 0 ? encoding : encoding + GROUPED);
    out.u8(t.bits());
    out.u8(t.zeroPoint());
    out.u8(t.rank());
    for (int d : t.shape()) {
      out.i32(d);
    }
    for (int i = 0; i < t.rank(); i++) {
      out.i32(i == 0 ? t.scaleCount() : 1);
    }
    for (float s : t.scales()) {
      out.f32(s);
    }
    if (t.groupSize() > 0) {
      out.i32(t.groupSize());
      out.bytes(BitPacking.pack(t.multiples(), GroupScales.bits(t.bits())));
    }
    if (width == DENSE) {
      out.bytes(BitPacking.pack(codes, t.bits()));
    } else {
      byte[] gaps = gaps(codes, t.zeroPoint(), width);
      out.i32(gaps.length);
      out.bytes(BitPacking.pack(gaps, width));
      byte[] given = withoutZeros(codes, t.zeroPoint());
      if (signs) {
        for (int i = 0; i < given.length; i++) {
          given[i] = (byte) (given[i] < 0 ? 1 : 0);
        }
      }
      out.bytes(BitPacking.pack(given, signs ? 1 : t.bits()));
    }
  }

  /** Bytes that a tensor takes. */
  public static long size(QuantizedTensor t) {
    long head = 4L + 2L * Integer.BYTES * t.rank() + (long) Float.BYTES * t.scaleCount();
    int groups = t.multiples().length;
    int multiples =
        groups == 0 ? 0 : Integer.BYTES + BitPacking.bytes(groups, GroupScales.bits(t.bits()));
    return head + multiples + form(t.withoutMultiples(), t).bytes;
  }

  /** Whether all codes are −1, 0 and 1, and 0 is real 0. */
  private static boolean areSigns(byte[] codes, QuantizedTensor t) {
    if (t.bits() != 2 || t.zeroPoint() != 0) {
      return false;
    }
    for (byte q : codes) {
      if (q < -1) {
        return false;
      }
    }
    return true;
  }

  /** The form of which the codes take the fewest bytes. */
  private static Form form(byte[] codes, QuantizedTensor t) {
    boolean signs = areSigns(codes, t);
    int given = given(codes, t.zeroPoint());
    int[] gaps = countGaps(codes, t.zeroPoint(), given);
    int best = DENSE;
    int bytes = BitPacking.bytes(codes.length, t.bits());
    for (int i = 0; i < GAP_WIDTHS.length; i++) {
      int width = GAP_WIDTHS[i];
      int codeWidth = signs ? 1 : t.bits();
      int size =
          Integer.BYTES + BitPacking.bytes(gaps[i], width) + BitPacking.bytes(given, codeWidth);
      if (size < bytes) {
        best = width;
        bytes = size;
      }
    }
    return new Form(signs, best, bytes);
  }

  private static int given(byte[] codes, int zeroPoint) {
    int given = 0;
    for (byte q : codes) {
      given += q == zeroPoint ? 0 : 1;
    }
    return given;
  }

  /** Lengths of {@link #gaps} for {@link #GAP_WIDTHS}, of which the largest are 1, 3 and 15. */
  private static int[] countGaps(byte[] codes, int zeroPoint, int given) {
    int threes = 0;
    int fifteens = 0;
    int zeros = 0;
    for (byte q : codes) {
      if (q == zeroPoint) {
        zeros++;
      } else if (zeros > 0) {
        threes += zeros / 3;
        fifteens += zeros / 15;
        zeros = 0;
      }
    }
    return new int[] {codes.length, given + threes + zeros / 3, given + fifteens + zeros / 15};
  }

  private static byte[] gaps(byte[] codes, int zeroPoint, int width) {
    int many = (1 << width) - 1;
    byte[] gaps = new byte[codes.length];
    int n = 0;
    int zeros = 0;
    for (byte q : codes) {
      if (q != zeroPoint) {
        gaps[n++] = (byte) zeros;
        zeros = 0;
      } else if (++zeros == many) {
        gaps[n++] = (byte) many;
        zeros = 0;
      }
    }
    return Arrays.copyOf(gaps, n);
  }

  private static byte[] withoutZeros(byte[] codes, int zeroPoint) {
    byte[] given = new byte[given(codes, zeroPoint)];
    int n = 0;
    for (byte q : codes) {
      if (q != zeroPoint) {
        given[n++] = q;
      }
    }
    return given;
  }

  static QuantizedTensor read(ByteSource in) {
    int encoding = in.u8();
    boolean grouped = (encoding & GROUPED) != 0;
    int ungrouped = grouped ? encoding - GROUPED : encoding;
    boolean signs = ungrouped > SIGNS;
    int width = signs ? ungrouped - SIGNS : ungrouped;
    int bits = in.u8();
    int zeroPoint = (byte) in.u8();
    int rank = in.u8();
    if (width != DENSE && Arrays.binarySearch(GAP_WIDTHS, width) < 0) {
      throw in.error("tensor encoding " + encoding + " is unknown");
    }
    if (bits < 2 || bits > 8 || rank < 1 || rank > MAX_RANK) {
      throw in.error("a tensor of " + bits + " bits and " + rank + " dimensions");
    }
    if (signs && (bits != 2 || zeroPoint != 0)) {
      throw in.error(
          "signs are of 2 bits around zero point 0, not " + bits + " around " + zeroPoint);
    }
    int[] shape = dimensions(in, rank);
    float[] scales = scales(in, shape);
    int size = size(in, shape);
    GroupScales groups = grouped ? groups(in, shape[0], size, bits) : null;
    byte[] codes =
        width == DENSE
            ? signed(BitPacking.unpack(in, size, bits), bits)
            : sparse(in, size, (byte) zeroPoint, width, signs ? 1 : bits);
    if (grouped) {
      multiply(codes, groups, in);
    }
    return grouped
        ? new QuantizedTensor(
            codes, shape, bits, scales, zeroPoint, groups.groupSize(), groups.multiples())
        : new QuantizedTensor(codes, shape, bits, scales, zeroPoint);
  }

  private static GroupScales groups(ByteSource in, int rows, int size, int bits) {
    int together = in.i32();
    if (together < 1) {
      throw in.error("groups of " + together + " weights of " + bits + " bits");
    }
    Runs runs = new Runs(size / rows, together);
    return new GroupScales(
        runs, BitPacking.unpack(in, rows * runs.perRow(), GroupScales.bits(bits)));
  }

  private static void multiply(byte[] codes, GroupScales groups, ByteSource in) {
    for (int i = 0; i < codes.length; i++) {
      int product = codes[i] * groups.multiple(groups.groups().of(i));
      if (product != (byte) product) {
        throw in.error("code " + codes[i] + " times that of its group is " + product);
      }
      codes[i] = (byte) product;
    }
  }

  private static int[] dimensions(ByteSource in, int rank) {
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = in.i32();
      if (shape[i] < 1) {
        throw in.error("impossible dimension " + shape[i]);
      }
    }
    return shape;
  }

  private static int size(ByteSource in, int[] shape) {
    long size = 1;
    for (int d : shape) {
      size *= d;
      if (size > Integer.MAX_VALUE - 8) {
        throw in.error("the shape " + Arrays.toString(shape) + " is too large");
      }
    }
    return (int) size;
  }

  private static float[] scales(ByteSource in, int[] shape) {
    int[] blocks = dimensions(in, shape.length);
    int n = blocks[0];
    boolean others = Arrays.stream(blocks).skip(1).anyMatch(b -> b != 1);
    if (others || (n != 1 && n != shape[0])) {
      throw new QatException(
          "scales "
              + Arrays.toString(blocks)
              + " of a tensor "
              + Arrays.toString(shape)
              + "; this program reads one scale or one per index of the first dimension");
    }
    ByteSource floats = in.part((long) n * Float.BYTES);
    float[] scales = new float[n];
    for (int i = 0; i < n; i++) {
      scales[i] = floats.f32();
    }
    return scales;
  }

  /**
   * Codes without those that are left out.
   *
   * @param bits of those that are given; 1 for signs
   */
  private static byte[] sparse(ByteSource in, int size, byte zeroPoint, int width, int bits) {
    int many = (1 << width) - 1;
    int n = in.i32();
    if (n < 0) {
      throw in.error("a tensor of " + n + " gaps");
    }
    byte[] gaps = BitPacking.unpack(in, n, width);
    long covered = 0;
    int given = 0;
    for (byte gap : gaps) {
      covered += gap == many ? many : gap + 1;
      given += gap == many ? 0 : 1;
    }
    if (covered > size || size - covered >= many) {
      throw in.error("gaps that cover " + covered + " of " + size + " codes");
    }
    byte[] rest = BitPacking.unpack(in, given, bits);
    if (bits > 1) {
      signed(rest, bits);
    }
    byte[] codes = new byte[size];
    Arrays.fill(codes, zeroPoint);
    int at = 0;
    int next = 0;
    for (byte gap : gaps) {
      at += gap;
      if (gap != many) {
        byte q = rest[next++];
        codes[at++] = bits > 1 ? q : (byte) (1 - 2 * q);
      }
    }
    return codes;
  }

  private static byte[] signed(byte[] codes, int bits) {
    int shift = Integer.SIZE - bits;
    for (int i = 0; bits < Byte.SIZE && i < codes.length; i++) {
      codes[i] = (byte) (codes[i] << shift >> shift);
    }
    return codes;
  }
}
