package org.qat4j.format.internal;

import java.util.Locale;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/** What an attribute of a record can be, with the letter that stands for it in the file. */
public enum AttributeType {
  INTEGER('i', Long.class),
  TEXT('t', String.class),
  INTEGERS('I', int[].class),
  TEXTS('T', String[].class),
  CODES('q', QuantParams.class),
  TENSOR('w', QuantizedTensor.class);

  private final char letter;
  private final Class<?> javaType;

  AttributeType(char letter, Class<?> javaType) {
    this.letter = letter;
    this.javaType = javaType;
  }

  static AttributeType read(ByteSource in) {
    int letter = in.u8();
    for (AttributeType type : values()) {
      if (type.letter == letter) {
        return type;
      }
    }
    throw in.error("the attribute type " + letter + " is unknown to this program");
  }

  char letter() {
    return letter;
  }

  boolean fits(Object value) {
    return javaType.isInstance(value);
  }

  Object readValue(ByteSource in) {
    return switch (this) {
      case INTEGER -> in.i64();
      case TEXT -> in.string();
      case INTEGERS -> integers(in);
      case TEXTS -> in.list(1, in::string).toArray(String[]::new);
      case CODES -> codes(in);
      case TENSOR -> TensorCodec.read(in);
    };
  }

  private static int[] integers(ByteSource in) {
    int[] values = new int[in.count(Integer.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.i32();
    }
    return values;
  }

  private static QuantParams codes(ByteSource in) {
    float scale = in.f32();
    int zeroPoint = in.i32();
    int qmin = in.i32();
    return new QuantParams(scale, zeroPoint, qmin, in.i32());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
