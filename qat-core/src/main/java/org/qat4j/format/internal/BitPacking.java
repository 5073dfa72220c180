package org.qat4j.format.internal;

/** Fields of 1 to 8 bits one behind the other, the first in the lowest bits of the first byte. */
public final class BitPacking {
  private BitPacking() {}

  static byte[] pack(byte[] values, int width) {
    if (width == Byte.SIZE) {
      return values;
    }
    byte[] packed = new byte[bytes(values.length, width)];
    int mask = (1 << width) - 1;
    long bit = 0;
    for (byte value : values) {
      int shifted = (value & mask) << (bit & 7);
      int at = (int) (bit >> 3);
      packed[at] |= (byte) shifted;
      if (shifted > 0xff) {
        packed[at + 1] |= (byte) (shifted >> 8);
      }
      bit += width;
    }
    return packed;
  }

  /** The next {@code n} fields, not sign-extended. */
  static byte[] unpack(ByteSource in, int n, int width) {
    byte[] packed = in.bytes(((long) n * width + 7) / 8);
    if (width == Byte.SIZE) {
      return packed;
    }
    int used = (int) ((long) n * width & 7);
    if (used != 0 && (packed[packed.length - 1] & 0xff) >> used != 0) {
      throw in.error("the unused bits of packed codes are not 0");
    }
    byte[] values = new byte[n];
    int mask = (1 << width) - 1;
    long bit = 0;
    for (int i = 0; i < n; i++, bit += width) {
      int at = (int) (bit >> 3);
      int low = packed[at] & 0xff;
      int high = at + 1 < packed.length ? packed[at + 1] & 0xff : 0;
      values[i] = (byte) ((high << 8 | low) >> (bit & 7) & mask);
    }
    return values;
  }

  /** Bytes that {@code n} fields take. */
  static int bytes(int n, int width) {
    return (int) (((long) n * width + 7) / 8);
  }
}
