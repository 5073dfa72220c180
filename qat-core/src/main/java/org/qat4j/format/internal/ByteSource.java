package org.qat4j.format.internal;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.qat4j.QatException;

/**
 * Reads the primitives of the format from a part of the file. Every declared size is compared with
 * what is left before anything is allocated, so memory is bounded by the size of the file.
 */
public final class ByteSource {
  private final ByteBuffer in;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

  /** Bytes {@code from} to {@code to} of the file; positions in messages are those in the file. */
  public ByteSource(byte[] file, int from, int to) {
    in = ByteBuffer.wrap(file, from, to - from).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next {@code n} bytes as a source of their own. */
  public ByteSource part(long n) {
    need(n);
    int from = in.position();
    // Android has the method of Buffer alone, not the one of ByteBuffer that javac would name.
    ((Buffer) in).position(from + (int) n);
    return new ByteSource(in.array(), from, from + (int) n);
  }

  public int u8() {
    need(1);
    return in.get() & 0xff;
  }

  public int i32() {
    need(4);
    return in.getInt();
  }

  public long i64() {
    need(8);
    return in.getLong();
  }

  public float f32() {
    need(4);
    return in.getFloat();
  }

  public byte[] bytes(long n) {
    need(n);
    byte[] v = new byte[(int) n];
    in.get(v);
    return v;
  }

  public String string() {
    int n = count(1);
    byte[] bytes = bytes(n);
    try {
      return n == 0 ? "" : utf8.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new QatException("malformed UTF-8 (before byte " + in.position() + ")", e);
    }
  }

  /**
   * The length of a list.
   *
   * @param minBytes the least that one entry takes
   */
  public int count(int minBytes) {
    long n = number();
    if (n > in.remaining() / minBytes) {
      throw error("a list of " + n + " entries does not fit in what follows");
    }
    return (int) n;
  }

  private long number() {
    long n = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = u8();
      n |= (b & 0x7fL) << shift;
      if (b < 0x80) {
        if (b == 0 && shift > 0) {
          break;
        }
        return n;
      }
    }
    throw error("a length that is not written in its shortest form");
  }

  /** A list whose entries take {@code minBytes} or more each. */
  public <T> List<T> list(int minBytes, Supplier<T> each) {
    int n = count(minBytes);
    List<T> values = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      values.add(each.get());
    }
    return values;
  }

  public boolean hasRemaining() {
    return in.hasRemaining();
  }

  /**
   * Checks that all is read.
   *
   * @param what this source is
   */
  public void end(String what) {
    if (in.hasRemaining()) {
      throw error(in.remaining() + " bytes too many in the " + what);
    }
  }

  public QatException error(String message) {
    return new QatException(message + " (before byte " + in.position() + ")");
  }

  private void need(long n) {
    if (n < 0 || n > in.remaining()) {
      throw error("the data end after " + in.remaining() + " of " + n + " bytes");
    }
  }
}
