package org.qat4j.runtime.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What the plans of one model have in common, whatever the length of their sequences: packed
 * weights, tables. Thread-safe.
 */
public final class Shared {
  private final Map<String, Optional<Object>> parts = new ConcurrentHashMap<>();

  /**
   * A part, made when it is first asked for.
   *
   * @param op name of the operation that it belongs to
   * @param part its name there
   * @param maker may give null
   */
  @SuppressWarnings("unchecked") // a name stands for one kind of part
  <T> T get(String op, String part, Supplier<T> maker) {
    String key = part + ' ' + op;
    Optional<Object> found = parts.get(key);
    if (found == null) {
      found = parts.computeIfAbsent(key, k -> Optional.ofNullable(maker.get()));
    }
    return (T) found.orElse(null);
  }
}
