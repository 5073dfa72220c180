package org.qat4j.format.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.qat4j.QatException;
import org.qat4j.model.QuantizedTensor;

/** Writes the primitives of the format, little-endian; {@link ByteSource} is its mirror. */
public final class ByteSink {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Bytes of tensors, which are then counted and not written; or null. */
  private final ToLongFunction<QuantizedTensor> tensors;

  private long counted;

  public ByteSink() {
    this(null);
  }

  /**
   * One that counts tensors without writing them.
   *
   * @param tensors bytes of each
   */
  public ByteSink(ToLongFunction<QuantizedTensor> tensors) {
    this.tensors = tensors;
  }

  /** An empty one of the same kind. */
  public ByteSink another() {
    return new ByteSink(tensors);
  }

  /** Number of bytes so far. */
  public long size() {
    return out.size() + counted;
  }

  /** All that another one has. */
  public void append(ByteSink other) {
    bytes(other.toByteArray());
    counted += other.counted;
  }

  public void u8(int v) {
    out.write(v);
  }

  public void i32(int v) {
    out.write(v);
    out.write(v >> 8);
    out.write(v >> 16);
    out.write(v >> 24);
  }

  public void i64(long v) {
    i32((int) v);
    i32((int) (v >> 32));
  }

  public void f32(float v) {
    i32(Float.floatToIntBits(v));
  }

  /** A number that is not negative, seven bits a byte, the lowest first. */
  public void count(int v) {
    int rest = v;
    for (; rest > 0x7f; rest >>>= 7) {
      out.write(rest | 0x80);
    }
    out.write(rest);
  }

  public void bytes(byte[] v) {
    out.write(v, 0, v.length);
  }

  public void string(String v) {
    ByteBuffer utf8;
    try {
      utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(v));
    } catch (CharacterCodingException e) {
      throw new QatException("\"" + v + "\" is not valid Unicode and cannot be written", e);
    }
    count(utf8.remaining());
    out.write(utf8.array(), utf8.arrayOffset(), utf8.remaining());
  }

  public <T> void list(List<T> values, Consumer<T> each) {
    count(values.size());
    values.forEach(each);
  }

  void tensor(QuantizedTensor v) {
    if (tensors == null) {
      TensorCodec.write(this, v);
    } else {
      counted += tensors.applyAsLong(v);
    }
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }
}
