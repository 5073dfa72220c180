package org.qat4j.qat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a network is quantized: a default and overrides, of which the later wins.
 *
 * @param defaults for every layer that no override names
 * @param overrides in order
 * @param fakeQuantFrom training steps that only observe, before fake quantization starts
 * @param observeUntil training steps after which ranges stay as they are
 */
public record QuantSpec(
    LayerSpec defaults, List<Rule> overrides, long fakeQuantFrom, long observeUntil) {

  /**
   * One exception.
   *
   * @param by what {@code value} is
   * @param value name of a layer, a regular expression for names, or a simple class name of DL4J
   * @param spec how such layers are quantized
   */
  public record Rule(By by, String value, LayerSpec spec) {
    boolean matches(String name, String type) {
      return switch (by) {
        case NAME -> value.equals(name);
        case PATTERN -> Pattern.matches(value, name);
        case TYPE -> value.equals(type);
      };
    }
  }

  /** What an override goes by. */
  public enum By {
    NAME,
    PATTERN,
    TYPE
  }

  public QuantSpec {
    overrides = List.copyOf(overrides);
  }

  /** Everything with 8 bits, from the first step on. */
  public static QuantSpec int8() {
    return of(LayerSpec.int8());
  }

  /** Every layer alike. */
  public static QuantSpec of(LayerSpec spec) {
    return new QuantSpec(spec, List.of(), 0, Long.MAX_VALUE);
  }

  /** With one more override. */
  public QuantSpec with(By by, String value, LayerSpec spec) {
    List<Rule> more = new ArrayList<>(overrides);
    more.add(new Rule(by, value, spec));
    return new QuantSpec(defaults, more, fakeQuantFrom, observeUntil);
  }

  /** The settings of a layer. */
  LayerSpec find(String name, String type) {
    LayerSpec found = defaults;
    for (Rule o : overrides) {
      found = o.matches(name, type) ? o.spec() : found;
    }
    return found;
  }
}
