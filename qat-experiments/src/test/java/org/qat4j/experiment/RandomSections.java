package org.qat4j.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.qat4j.QatException;

/** Draws records of an experiment from all that their annotations allow. */
final class RandomSections {
  /** Texts that YAML, paths or a careless writer could take for something else. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " a ",
          "no",
          "true",
          "~",
          "null",
          "1e3",
          "0x1F",
          "-",
          "- a",
          "a: b",
          "# a",
          "a #b",
          "'\"",
          "\\t\t",
          "a\nb\n",
          "\r\n",
          "${HOME}",
          "$${a",
          "{a}",
          "[",
          "&a",
          "*a",
          "!a",
          "%",
          "@",
          "Übung 日本 \uD83D\uDE00",
          "\u0007\u0085\u2028\uFEFF");

  /** Numbers that go with most of the other keys, where few others do. */
  private static final Map<String, Integer> RARE = Map.of("workers", 1, "threads", 0);

  private final SplittableRandom random;

  RandomSections(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A record that its constructor accepts. */
  <T extends Record> T draw(Class<T> type) {
    return type.cast(drawn(type));
  }

  private Object drawn(Class<?> type) {
    QatException last = null;
    for (int i = 0; i < 1000; i++) {
      try {
        return section(type);
      } catch (QatException e) {
        last = e; // values that do not go together
      }
    }
    throw last;
  }

  private Object section(Class<?> type) {
    Class<?> record = type.isSealed() ? pick(List.copyOf(Section.kinds(type).values())) : type;
    Section section = Section.of(record);
    String selector = record == LayerOverride.class ? pick(LayerOverride.SELECTORS) : null;
    return section.create(section.keys().stream().map(key -> value(key, selector)).toArray());
  }

  /**
   * @param selector the one key of those that select layers which is given, or null
   */
  private Object value(Key key, String selector) {
    if (selector == null || !LayerOverride.SELECTORS.contains(key.name())) {
      return value(key);
    }
    return key.name().equals(selector) ? element(key) : null;
  }

  private Object value(Key key) {
    boolean optional = !key.required() && key.defaultYaml() == null;
    if (optional && random.nextBoolean()) {
      return null;
    }
    return key.isList()
        ? new ArrayList<>(
            IntStream.range(0, random.nextInt(4)).mapToObj(i -> element(key)).toList())
        : element(key);
  }

  private Object element(Key key) {
    Class<?> type = key.elementType();
    if (Section.isSection(type)) {
      return drawn(type);
    } else if (type.isEnum()) {
      return pick(List.copyOf(Section.constants(type).values()));
    } else if (type == Boolean.class) {
      return random.nextBoolean();
    } else if (RARE.containsKey(key.name()) && random.nextInt(4) > 0) {
      return RARE.get(key.name());
    } else if (key.name().equals("zeroShift")) {
      return random.nextInt(-2, 3); // half of the codes of two bits
    } else if (type == Integer.class) {
      return (int) integer(key);
    } else if (type == Long.class) {
      return random.nextLong();
    } else if (type == Double.class) {
      boolean excludes = key.name().equals("l2") || key.name().equals("weightDecay");
      return excludes && random.nextBoolean() ? 0.0 : number(key);
    } else if (type == Moment.class) {
      return random.nextBoolean()
          ? Moment.percent(random.nextDouble(100))
          : Moment.steps(random.nextInt(1000));
    } else if (type == ByteSize.class) {
      return new ByteSize(random.nextLong(1, 1L << random.nextInt(1, 50)));
    }
    return text(key);
  }

  private String text(Key key) {
    return switch (key.name()) {
      case "name" -> pick(List.of("a", "7.5", "true", "NULL", "0x1F", "1-2_3.b"));
      case "by" -> pick(List.of("three-sigma", HalfRange.class.getName()));
      case "charset" -> pick(List.of("UTF-8", "ISO-8859-1"));
      case "key" -> pick(List.of("weights.clip", "activations.observer.percent", "weights.bits"));
      case "delimiter" -> pick(List.of("\t", ",", "\uD83D\uDE00", "#", " "));
      default -> pick(TEXTS) + (random.nextBoolean() ? pick(TEXTS) : "");
    };
  }

  private long integer(Key key) {
    long min = (long) key.range().min();
    long max = (long) key.range().max();
    return random.nextInt(3) == 0
        ? random.nextLong(min, max + 1)
        : Math.min(max, min + random.nextInt(9));
  }

  private double number(Key key) {
    double min = Math.max(key.range().min(), key.range().above());
    double max = Math.min(key.range().max(), key.range().below());
    double share = random.nextBoolean() ? random.nextDouble() : Math.exp(-40 * random.nextDouble());
    double value = min + (max - min) * share;
    return key.allows(value) ? value : min + (max - min) / 2;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
