package org.qat4j.format;

import java.util.Arrays;
import org.qat4j.model.QuantizedTensor;

/** Packs codes into containers of 2, 4 or 8 bits, densely or with a mask of what is not zero. */
final class TensorCodec {
  private static final int DENSE = 0;
  private static final int MASKED = 1;
  private static final int MAX_RANK = 4;

  private TensorCodec() {}

  /** The narrowest of 2, 4 and 8 that holds {@code bits}. */
  static int container(int bits) {
    return bits <= 2 ? 2 : bits <= 4 ? 4 : 8;
  }

  static void write(ByteSink out, QuantizedTensor t) {
    int[] shape = t.shape();
    byte[] codes = t.codes();
    byte[] rest = withoutZeros(codes, t.zeroPoint());
    long width = container(t.bits());
    boolean masked = codes.length + rest.length * width < codes.length * width;
    out.u8(masked ? MASKED : DENSE);
    out.u8(t.bits());
    out.u8(t.zeroPoint());
    out.u8(shape.length);
    for (int d : shape) {
      out.i32(d);
    }
    out.i32(t.scaleCount());
    for (float s : t.scales()) {
      out.f32(s);
    }
    if (masked) {
      out.bytes(mask(codes, t.zeroPoint()));
      out.i32(rest.length);
    }
    out.bytes(pack(masked ? rest : codes, (int) width));
  }

  static QuantizedTensor read(ByteSource in) {
    int encoding = in.choice(2, "tensor encoding");
    int bits = in.u8();
    int zeroPoint = (byte) in.u8();
    int rank = in.u8();
    if (bits < 2 || bits > 8 || rank < 1 || rank > MAX_RANK) {
      throw in.error("a tensor of " + bits + " bits and " + rank + " dimensions");
    }
    int[] shape = new int[rank];
    long size = 1;
    for (int i = 0; i < rank; i++) {
      shape[i] = in.i32();
      size = shape[i] < 1 ? -1 : size * shape[i];
      if (size < 1 || size > Integer.MAX_VALUE - 8) {
        throw in.error("impossible dimension " + shape[i]);
      }
    }
    float[] scales = new float[in.count(Float.BYTES)];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = in.f32();
    }
    byte[] codes =
        encoding == DENSE
            ? unpack(in, (int) size, container(bits))
            : readMasked(in, (int) size, zeroPoint, container(bits));
    return new QuantizedTensor(codes, shape, bits, scales, zeroPoint);
  }

  private static byte[] readMasked(ByteSource in, int size, int zeroPoint, int width) {
    byte[] mask = in.bytes((size + 7L) / 8);
    int given = in.i32();
    int marked = 0;
    for (byte b : mask) {
      marked += Integer.bitCount(b & 0xff);
    }
    if (marked != given || (size % 8 != 0 && (mask[mask.length - 1] & 0xff) >> size % 8 != 0)) {
      throw in.error("a mask of " + marked + " codes, but " + given + " are announced");
    }
    byte[] rest = unpack(in, given, width);
    byte[] codes = new byte[size];
    int next = 0;
    for (int i = 0; i < size; i++) {
      boolean isGiven = (mask[i >> 3] >> (i & 7) & 1) != 0;
      codes[i] = isGiven ? rest[next++] : (byte) zeroPoint;
    }
    return codes;
  }

  private static byte[] withoutZeros(byte[] codes, int zeroPoint) {
    byte[] rest = new byte[codes.length];
    int n = 0;
    for (byte q : codes) {
      if (q != zeroPoint) {
        rest[n++] = q;
      }
    }
    return Arrays.copyOf(rest, n);
  }

  private static byte[] mask(byte[] codes, int zeroPoint) {
    byte[] mask = new byte[(int) ((codes.length + 7L) / 8)];
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] != zeroPoint) {
        mask[i >> 3] |= (byte) (1 << (i & 7));
      }
    }
    return mask;
  }

  private static byte[] pack(byte[] codes, int width) {
    if (width == 8) {
      return codes;
    }
    int perByte = 8 / width;
    byte[] packed = new byte[(int) (((long) codes.length + perByte - 1) / perByte)];
    for (int i = 0; i < codes.length; i++) {
      int bits = codes[i] & ((1 << width) - 1);
      packed[i / perByte] |= (byte) (bits << (i % perByte * width));
    }
    return packed;
  }

  private static byte[] unpack(ByteSource in, int size, int width) {
    int perByte = 8 / width;
    byte[] packed = in.bytes(((long) size + perByte - 1) / perByte);
    if (width == 8) {
      return packed;
    }
    int used = size % perByte * width;
    if (used != 0 && (packed[packed.length - 1] & 0xff) >> used != 0) {
      throw in.error("the unused bits of packed codes are not 0");
    }
    byte[] codes = new byte[size];
    for (int i = 0; i < size; i++) {
      int bits = packed[i / perByte] >> (i % perByte * width);
      codes[i] = (byte) (bits << (32 - width) >> (32 - width));
    }
    return codes;
  }
}
