package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * One key of a section: what a record component and its annotations say. The reader, the schema and
 * the reference of all keys go by it.
 *
 * @param component of the record
 * @param description one line for people
 * @param required whether the key must be given
 * @param defaultYaml value where the key is absent, as YAML; null for none
 * @param path whether the value names a file
 * @param range of numbers, or null
 */
record Key(
    RecordComponent component,
    String description,
    boolean required,
    String defaultYaml,
    boolean path,
    Range range) {

  static Key of(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    JsonPropertyDescription text =
        component.getAccessor().getAnnotation(JsonPropertyDescription.class);
    return new Key(
        component,
        text == null ? "" : text.value(),
        property != null && property.required(),
        property == null || property.defaultValue().isEmpty() ? null : property.defaultValue(),
        component.isAnnotationPresent(FilePath.class),
        component.getAnnotation(Range.class));
  }

  String name() {
    return component.getName();
  }

  /** Type of the value; for a list, of its elements. */
  Class<?> elementType() {
    Type type = component.getGenericType();
    return isList()
        ? (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0]
        : component.getType();
  }

  boolean isList() {
    return component.getType() == List.class;
  }

  /** Value of a record. */
  Object get(Object owner) {
    try {
      return component.getAccessor().invoke(owner);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component.toString(), e);
    }
  }

  /** Whether a number lies in the range; NaN and infinity never do. */
  boolean allows(Number number) {
    double value = number.doubleValue();
    return Double.isFinite(value)
        && (range == null
            || (value >= range.min()
                && value <= range.max()
                && value > range.above()
                && value < range.below()));
  }

  /** The range in words, such as "from 2 to 8"; empty if there is none. */
  String rangeText() {
    List<String> parts = new ArrayList<>();
    if (range != null) {
      if (Double.isFinite(range.min()) && Double.isFinite(range.max())) {
        parts.add("from " + plain(range.min()) + " to " + plain(range.max()));
      } else {
        add(parts, "at least ", range.min());
        add(parts, "at most ", range.max());
      }
      add(parts, "above ", range.above());
      add(parts, "below ", range.below());
    }
    return String.join(" and ", parts);
  }

  private static void add(List<String> parts, String word, double bound) {
    if (Double.isFinite(bound)) {
      parts.add(word + plain(bound));
    }
  }

  /** A number without exponent and without a useless fraction. */
  static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}
