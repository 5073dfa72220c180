package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qat4j.QatException;

/**
 * The keys of one record of an experiment, in their order.
 *
 * @param type the record
 * @param components of the record
 * @param keys of the record, and of those that are written in place
 */
record Section(Class<? extends Record> type, List<RecordComponent> components, List<Key> keys) {

  /** Records that are written as one value. */
  private static final Set<Class<?>> SCALARS = Set.of(Moment.class, ByteSize.class);

  private static final ClassValue<Section> SECTIONS =
      new ClassValue<>() {
        @Override
        protected Section computeValue(Class<?> type) {
          List<RecordComponent> components = List.of(type.getRecordComponents());
          return new Section(
              type.asSubclass(Record.class),
              components,
              components.stream().flatMap(Section::keys).toList());
        }
      };

  /** One key, or those of the record that is written in place. */
  private static Stream<Key> keys(RecordComponent component) {
    return isInPlace(component)
        ? of(component.getType()).keys.stream().map(key -> key.within(component))
        : Stream.of(Key.of(component));
  }

  /** Whether the keys of a component's record stand among those of the section. */
  static boolean isInPlace(RecordComponent component) {
    return component.getAccessor().isAnnotationPresent(JsonUnwrapped.class);
  }

  static Section of(Class<?> type) {
    return SECTIONS.get(type);
  }

  Optional<Key> key(String name) {
    return keys.stream().filter(k -> k.name().equals(name)).findFirst();
  }

  /**
   * Checks the values against the annotations of the keys and calls the canonical constructor.
   *
   * @param values of all keys, in their order
   * @throws QatException if one is missing or out of its range, or the record refuses them
   */
  Object create(Object[] values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        check(keys.get(i), values[i]);
      } else if (keys.get(i).required() || keys.get(i).defaultYaml() != null) {
        throw new InvalidKeyException(keys.get(i).name(), "is missing");
      }
    }
    Class<?>[] types = components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments(values));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof QatException refused) {
        throw refused;
      }
      throw new IllegalStateException(type.toString(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.toString(), e);
    }
  }

  private Object[] arguments(Object[] values) {
    List<Object> arguments = new ArrayList<>();
    int from = 0;
    for (RecordComponent component : components) {
      if (isInPlace(component)) {
        Section inner = of(component.getType());
        int to = from + inner.keys.size();
        arguments.add(inner.create(Arrays.copyOfRange(values, from, to)));
        from = to;
      } else {
        arguments.add(values[from++]);
      }
    }
    return arguments.toArray();
  }

  /** What stands under a key lies within its range. */
  private static void check(Key key, Object value) {
    for (Object each : value instanceof List<?> list ? list : List.of(value)) {
      if (each instanceof Number number && !key.allows(number)) {
        throw new InvalidKeyException(key.name(), "is " + number + "; expected " + key.expected());
      }
    }
  }

  /** Whether values of a type are mappings of keys. */
  static boolean isSection(Class<?> type) {
    return type.isSealed() || (type.isRecord() && !SCALARS.contains(type));
  }

  /** Where an experiment has a key of this name, in all sections. */
  static List<String> pathsOf(String name) {
    Set<String> found = new LinkedHashSet<>();
    find(name, Experiment.class, "", found);
    return List.copyOf(found);
  }

  private static void find(String name, Class<?> type, String path, Set<String> found) {
    if (type.isSealed()) {
      kinds(type).values().forEach(kind -> find(name, kind, path, found));
      return;
    }
    if (type.isAnnotationPresent(Overrides.class)) {
      return; // the same keys again
    }
    for (Key key : of(type).keys) {
      if (key.name().equals(name)) {
        found.add(path + name);
      }
      if (isSection(key.elementType())) {
        find(name, key.elementType(), path + key.name() + ".", found);
      }
    }
  }

  /** "a, b or c". */
  static String or(Collection<String> words) {
    String all = String.join(", ", words);
    int last = all.lastIndexOf(", ");
    return last < 0 ? all : all.substring(0, last) + " or " + all.substring(last + 2);
  }

  /** The records of a sealed interface by the value of their {@code kind}. */
  static Map<String, Class<?>> kinds(Class<?> type) {
    Map<String, Class<?>> kinds = new LinkedHashMap<>();
    for (JsonSubTypes.Type sub : type.getAnnotation(JsonSubTypes.class).value()) {
      kinds.put(sub.name(), sub.value());
    }
    return kinds;
  }

  /** The constants of an enumeration by their names in a file. */
  static Map<String, Object> constants(Class<?> type) {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      try {
        String name = ((Enum<?>) constant).name();
        JsonProperty property = type.getField(name).getAnnotation(JsonProperty.class);
        constants.put(
            property == null ? name.toLowerCase(Locale.ROOT) : property.value(), constant);
      } catch (NoSuchFieldException e) {
        throw new IllegalStateException(e);
      }
    }
    return constants;
  }
}
