package org.qat4j.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.qat4j.QatException;

/**
 * Reads the primitives of the format. Every declared size is compared with what is left before
 * anything is allocated, so memory is bounded by the size of the file.
 */
final class ByteSource {
  private final ByteBuffer in;

  ByteSource(byte[] bytes) {
    in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int u8() {
    need(1);
    return in.get() & 0xff;
  }

  /** One byte below {@code limit}. */
  int choice(int limit, String what) {
    int v = u8();
    if (v >= limit) {
      throw error(what + " " + v + " is unknown; known are 0 to " + (limit - 1));
    }
    return v;
  }

  boolean bool() {
    return choice(2, "truth value") == 1;
  }

  int i32() {
    need(4);
    return in.getInt();
  }

  long i64() {
    need(8);
    return in.getLong();
  }

  float f32() {
    need(4);
    return in.getFloat();
  }

  byte[] bytes(long n) {
    need(n);
    byte[] v = new byte[(int) n];
    in.get(v);
    return v;
  }

  String string() {
    int n = count(1);
    ByteBuffer utf8 = in.slice(in.position(), n);
    in.position(in.position() + n);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new QatException("malformed UTF-8 before byte " + in.position(), e);
    }
  }

  /**
   * The length of a list.
   *
   * @param minBytes the least that one entry takes
   */
  int count(int minBytes) {
    int n = i32();
    if (n < 0 || n > in.remaining() / minBytes) {
      throw error(
          "a list of " + Integer.toUnsignedString(n) + " entries does not fit in what follows");
    }
    return n;
  }

  /** A list whose entries take {@code minBytes} or more each. */
  <T> List<T> list(int minBytes, Supplier<T> each) {
    int n = count(minBytes);
    List<T> values = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      values.add(each.get());
    }
    return values;
  }

  int remaining() {
    return in.remaining();
  }

  QatException error(String message) {
    return new QatException(message + " (before byte " + in.position() + ")");
  }

  private void need(long n) {
    if (n < 0 || n > in.remaining()) {
      throw error("the data end after " + in.remaining() + " of " + n + " bytes");
    }
  }
}
