package org.qat4j.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.qat4j.QatException;

/** All values that the model made of one sample, in the order in which they were made. */
public final class Trace {
  private final Map<String, int[]> codes = new LinkedHashMap<>();
  private final Map<String, float[]> reals = new LinkedHashMap<>();

  public Trace() {}

  public void put(String name, int[] values) {
    codes.put(name, values);
  }

  public void put(String name, float[] values) {
    reals.put(name, values);
  }

  /** Names of the values that are codes or token ids. */
  public Set<String> codeNames() {
    return codes.keySet();
  }

  /** Names of the values that are real. */
  public Set<String> realNames() {
    return reals.keySet();
  }

  /**
   * Codes, or token ids, row-major; not to be changed.
   *
   * @throws QatException if there is no such value
   */
  public int[] codes(String name) {
    return get(codes, name);
  }

  /**
   * Real values, row-major; not to be changed.
   *
   * @throws QatException if there is no such value
   */
  public float[] reals(String name) {
    return get(reals, name);
  }

  private static <V> V get(Map<String, V> values, String name) {
    V value = values.get(name);
    if (value == null) {
      throw new QatException(
          "no value \"" + name + "\" of that kind; there are " + values.keySet());
    }
    return value;
  }
}
