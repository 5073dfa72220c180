package org.qat4j.format.internal;

import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/**
 * Writes one record: its kind, then attributes by name, then an empty name. {@link RecordReader} is
 * its mirror.
 */
public final class RecordWriter {
  private final ByteSink out;

  public RecordWriter(ByteSink out, String kind) {
    this.out = out;
    out.string(kind);
  }

  private void head(String key, AttributeType type) {
    out.string(key);
    out.u8(type.letter());
  }

  public RecordWriter integer(String key, long value) {
    head(key, AttributeType.INTEGER);
    out.i64(value);
    return this;
  }

  public RecordWriter truth(String key, boolean value) {
    return integer(key, value ? 1 : 0);
  }

  public RecordWriter text(String key, String value) {
    head(key, AttributeType.TEXT);
    out.string(value);
    return this;
  }

  public RecordWriter integers(String key, List<Integer> values) {
    head(key, AttributeType.INTEGERS);
    out.list(values, out::i32);
    return this;
  }

  public RecordWriter integers(String key, IntVector values) {
    head(key, AttributeType.INTEGERS);
    out.count(values.size());
    for (int i = 0; i < values.size(); i++) {
      out.i32(values.get(i));
    }
    return this;
  }

  public RecordWriter texts(String key, List<String> values) {
    head(key, AttributeType.TEXTS);
    out.list(values, out::string);
    return this;
  }

  public RecordWriter codes(String key, QuantParams value) {
    head(key, AttributeType.CODES);
    out.f32(value.scale());
    out.i32(value.zeroPoint());
    out.i32(value.qmin());
    out.i32(value.qmax());
    return this;
  }

  public RecordWriter tensor(String key, QuantizedTensor value) {
    head(key, AttributeType.TENSOR);
    out.tensor(value);
    return this;
  }

  public void end() {
    out.string("");
  }
}
