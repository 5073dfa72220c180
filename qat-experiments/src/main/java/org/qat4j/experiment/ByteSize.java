package org.qat4j.experiment;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/**
 * A size of a file, always with its unit: {@code 800 kB}, {@code 1.5 MB}; units are powers of 1000.
 *
 * @param bytes ≥ 1
 */
public record ByteSize(long bytes) {
  /** How a size is written, as a regular expression of Java and of JSON Schema. */
  static final String SYNTAX = "([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?(B|kB|MB|GB)";

  private static final Pattern PATTERN = Pattern.compile(SYNTAX);

  /** From the largest to the smallest. */
  private static final Map<String, Long> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("GB", 1_000_000_000L);
    UNITS.put("MB", 1_000_000L);
    UNITS.put("kB", 1_000L);
    UNITS.put("B", 1L);
  }

  public ByteSize {
    if (bytes < 1) {
      throw new QatException("a size is at least 1 B, not " + bytes + " B");
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws QatException if the text has another form, or names a part of a byte
   */
  public static ByteSize parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      throw new QatException(
          "a size is a number with its unit such as 800 kB, not \"" + text + "\"");
    }
    BigDecimal bytes =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(UNITS.get(matcher.group(2))));
    try {
      return new ByteSize(bytes.longValueExact());
    } catch (ArithmeticException e) {
      throw new QatException("a size is a whole number of bytes, not \"" + text + "\"", e);
    }
  }

  @Override
  public String toString() {
    Map.Entry<String, Long> unit =
        UNITS.entrySet().stream().filter(u -> u.getValue() <= bytes).findFirst().orElseThrow();
    return BigDecimal.valueOf(bytes)
            .divide(BigDecimal.valueOf(unit.getValue()))
            .stripTrailingZeros()
            .toPlainString()
        + " "
        + unit.getKey();
  }
}
