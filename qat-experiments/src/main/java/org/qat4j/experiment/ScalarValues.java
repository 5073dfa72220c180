package org.qat4j.experiment;

import java.math.BigInteger;
import java.util.Map;
import java.util.function.Function;
import org.qat4j.QatException;
import org.qat4j.experiment.Yaml.Kind;
import org.qat4j.experiment.Yaml.Scalar;

/** Reads single values. Messages go on from the name of the key: "is 9; expected …". */
final class ScalarValues {
  /** Digits of the longest integer, with room for zeros in front. */
  private static final int MAX_DIGITS = 30;

  private ScalarValues() {}

  /**
   * The value of a scalar by the type of its key.
   *
   * @throws QatException if it has another type or is out of range
   */
  static Object read(Scalar scalar, Key key) {
    Class<?> type = key.elementType();
    if (type == String.class) {
      return text(scalar, key);
    } else if (type == Boolean.class) {
      return truth(scalar, key);
    } else if (type == Double.class) {
      return number(scalar, key);
    } else if (type == Integer.class || type == Long.class) {
      return integer(scalar, key, type);
    } else if (type == Moment.class) {
      return parsed(scalar, key, Moment::parse);
    } else if (type == ByteSize.class) {
      return parsed(scalar, key, ByteSize::parse);
    }
    return constant(scalar, key);
  }

  private static String text(Scalar scalar, Key key) {
    if (scalar.kind() == Kind.TEXT) {
      return scalar.text();
    }
    throw wrong(
        scalar,
        key,
        scalar.kind() == Kind.NOTHING ? "" : "; put it in quotes: \"" + scalar.text() + "\"");
  }

  private static Boolean truth(Scalar scalar, Key key) {
    if (scalar.kind() == Kind.BOOLEAN) {
      return Boolean.valueOf(scalar.text());
    }
    throw wrong(scalar, key, "");
  }

  private static Double number(Scalar scalar, Key key) {
    if (scalar.kind() == Kind.INTEGER || scalar.kind() == Kind.NUMBER) {
      try {
        Double value = Double.valueOf(scalar.text());
        if (key.allows(value)) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw wrong(scalar, key, ", in decimal digits"); // .nan, .inf, 0x10
      }
    }
    throw wrong(scalar, key, unquote(scalar));
  }

  private static Number integer(Scalar scalar, Key key, Class<?> type) {
    if (scalar.kind() == Kind.INTEGER && scalar.text().length() <= MAX_DIGITS) {
      try {
        BigInteger value = new BigInteger(scalar.text());
        int limit = type == Integer.class ? Integer.SIZE : Long.SIZE;
        if (value.bitLength() < limit && key.allows(value)) {
          return type == Integer.class ? (Number) value.intValue() : (Number) value.longValue();
        }
      } catch (NumberFormatException e) {
        throw wrong(scalar, key, ", in decimal digits"); // 0x10
      }
    }
    throw wrong(scalar, key, unquote(scalar));
  }

  private static String unquote(Scalar scalar) {
    boolean quoted = scalar.kind() == Kind.TEXT && scalar.text().matches("[-+]?[0-9]+(\\.[0-9]+)?");
    return quoted ? ", without quotes" : "";
  }

  private static Object parsed(Scalar scalar, Key key, Function<String, Object> parser) {
    try {
      return parser.apply(scalar.text());
    } catch (QatException e) {
      throw wrong(scalar, key, "");
    }
  }

  private static Object constant(Scalar scalar, Key key) {
    Map<String, Object> constants = Section.constants(key.elementType());
    Object constant = constants.get(scalar.text());
    if (constant == null) {
      throw wrong(scalar, key, Nearest.question(scalar.text(), constants.keySet()));
    }
    return constant;
  }

  private static QatException wrong(Scalar scalar, Key key, String hint) {
    return new QatException("is " + scalar.describe() + "; expected " + key.expected() + hint);
  }
}
