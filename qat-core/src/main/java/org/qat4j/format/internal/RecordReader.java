package org.qat4j.format.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/**
 * One record: its kind and its attributes by name. Each attribute is taken once; what nobody took
 * is refused, since an attribute that this program does not know may change what the record means.
 */
public final class RecordReader {
  /** The least that a record takes: two empty strings. */
  public static final int MIN_BYTES = 2;

  private final String kind;
  private final Map<String, Object> attributes = new LinkedHashMap<>();

  public RecordReader(ByteSource in) {
    kind = in.string();
    for (String key = in.string(); !key.isEmpty(); key = in.string()) {
      if (attributes.put(key, AttributeType.read(in).readValue(in)) != null) {
        throw in.error("attribute \"" + key + "\" of " + kind + " is given twice");
      }
    }
  }

  public String kind() {
    return kind;
  }

  private Object take(String key, AttributeType type) {
    Object value = attributes.remove(key);
    if (!type.fits(value)) {
      throw new QatException(
          "the attribute \"" + key + "\" (" + type + ") of " + kind + " is missing");
    }
    return value;
  }

  public boolean has(String key) {
    return attributes.containsKey(key);
  }

  public long wide(String key) {
    return (Long) take(key, AttributeType.INTEGER);
  }

  public int integer(String key) {
    long value = wide(key);
    if (value != (int) value) {
      throw new QatException("the attribute \"" + key + "\" is too large: " + value);
    }
    return (int) value;
  }

  public boolean truth(String key) {
    long value = wide(key);
    if (value != 0 && value != 1) {
      throw new QatException("the attribute \"" + key + "\" is " + value + "; expected 0 or 1");
    }
    return value == 1;
  }

  public String text(String key) {
    return (String) take(key, AttributeType.TEXT);
  }

  public IntVector integers(String key) {
    return IntVector.of((int[]) take(key, AttributeType.INTEGERS));
  }

  public List<Integer> integerList(String key) {
    return IntStream.of((int[]) take(key, AttributeType.INTEGERS))
        .boxed()
        .collect(Collectors.toUnmodifiableList());
  }

  public List<String> texts(String key) {
    return List.of((String[]) take(key, AttributeType.TEXTS));
  }

  public QuantParams codes(String key) {
    return (QuantParams) take(key, AttributeType.CODES);
  }

  public QuantizedTensor tensor(String key) {
    return (QuantizedTensor) take(key, AttributeType.TENSOR);
  }

  /** Checks that every attribute was taken. */
  public void end() {
    if (!attributes.isEmpty()) {
      throw new QatException(
          "the attributes " + attributes.keySet() + " of " + kind + " are unknown to this program");
    }
  }
}
