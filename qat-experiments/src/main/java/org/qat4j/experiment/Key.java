package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.lang.invoke.MethodType;
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
 * @param outer component of the section that holds the record of the key, whose keys are written in
 *     its place; null for a key of the section itself
 * @param component of the record
 * @param description one line for people
 * @param required whether the key must be given
 * @param defaultYaml value where the key is absent, as YAML; null for none
 * @param path whether the value names a file
 * @param range of numbers, or null
 */
record Key(
    RecordComponent outer,
    RecordComponent component,
    String description,
    boolean required,
    String defaultYaml,
    boolean path,
    Bounds range) {

  static Key of(RecordComponent component) {
    Overrides overrides = component.getDeclaringRecord().getAnnotation(Overrides.class);
    if (overrides != null) {
      Key base = Section.of(overrides.value()).key(component.getName()).orElseThrow();
      return new Key(null, component, base.description, false, null, base.path, base.range);
    }
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    JsonPropertyDescription text =
        component.getAccessor().getAnnotation(JsonPropertyDescription.class);
    return new Key(
        null,
        component,
        text == null ? "" : text.value(),
        property != null && property.required(),
        property == null || property.defaultValue().isEmpty() ? null : property.defaultValue(),
        component.isAnnotationPresent(FilePath.class),
        component.getAnnotation(Bounds.class));
  }

  /** This key where the record that has it is the value of a component. */
  Key within(RecordComponent holder) {
    return new Key(holder, component, description, required, defaultYaml, path, range);
  }

  String name() {
    return component.getName();
  }

  /** Type of the value, never a primitive one; for a list, of its elements. */
  Class<?> elementType() {
    Type type = component.getGenericType();
    return isList()
        ? (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0]
        : MethodType.methodType(component.getType()).wrap().returnType();
  }

  boolean isList() {
    return component.getType() == List.class;
  }

  /** Value in a section. */
  Object get(Object section) {
    return get(component, outer == null ? section : get(outer, section));
  }

  private static Object get(RecordComponent component, Object owner) {
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

  /** What the value must be, in words: "an integer from 2 to 8". */
  String expected() {
    Class<?> type = elementType();
    String element;
    if (range != null && range.min() == range.max()) {
      element = plain(range.min());
    } else if (type.isSealed()) {
      element = Section.or(Section.kinds(type).keySet());
    } else if (Section.isSection(type)) {
      element = "a mapping of keys";
    } else if (type.isEnum()) {
      element = Section.or(Section.constants(type).keySet());
    } else if (type == Moment.class) {
      element = "a share from 0% to 100% or a count such as 200 steps";
    } else if (type == ByteSize.class) {
      element = "a size with its unit such as 800 kB or 1.5 MB";
    } else if (type == Boolean.class) {
      element = "true or false";
    } else if (type == String.class) {
      element = path ? "a path" : "text";
    } else {
      element = (type == Double.class ? "a number " : "an integer ") + rangeText();
    }
    return element.strip();
  }

  /** The range in words, such as "from 2 to 8"; empty if there is none. */
  private String rangeText() {
    if (range == null) {
      return "";
    }
    boolean closed = Double.isFinite(range.min()) && Double.isFinite(range.max());
    List<String> parts = new ArrayList<>();
    add(parts, "above ", range.above());
    add(parts, closed ? "from " : "at least ", range.min());
    add(parts, closed ? "to " : "at most ", range.max());
    add(parts, "below ", range.below());
    return String.join(closed ? " " : " and ", parts);
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
