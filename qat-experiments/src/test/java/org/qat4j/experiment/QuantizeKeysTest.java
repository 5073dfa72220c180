package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every key and kind below quantize is in an experiment that a test runs. */
class QuantizeKeysTest {
  private static final Path FILE = Path.of("src/test/resources/every-key.yaml");

  /**
   * What no network of the experiments can have as a whole; tests of the library refuse it. Layers
   * in float are what a sweep refuses: {@code ImagesTest} has them. A residual stream has an
   * encoder: {@code EncoderTest} has its keys.
   */
  private static final Set<String> REFUSED =
      Set.of(
          "quantize.unsupported=float",
          "quantize.residual",
          "quantize.postTraining.smooth",
          "quantize.qat.freezeBatchNormAfter",
          "quantize.weights.observer=moving-average",
          "quantize.weights.observer.momentum",
          "quantize.weights.learned=lsq+",
          "quantize.weights.learned=pact",
          "quantize.weights.learned.decay",
          "quantize.weights.scheme=asymmetric",
          "quantize.weights.zeroShift");

  @Test
  void everyKeyIsUsed() {
    Set<String> used = new TreeSet<>();
    for (Variant variant : ExperimentReader.variants(FILE, List.of())) {
      use("quantize", variant.experiment().quantize(), used);
      variant.resolved().positions().keySet().forEach(path -> used.add(withoutIndex(path)));
    }
    Set<String> known = new TreeSet<>();
    know("quantize", QuantizeSpec.class, known);
    known.removeAll(REFUSED);

    assertThat(used).containsAll(known);
  }

  private static String withoutIndex(String path) {
    return path.replaceAll("\\[\\d+]", "");
  }

  /** Kinds of the sections of an experiment. */
  private static void use(String path, Object section, Set<String> used) {
    for (Key key : Section.of(section.getClass()).keys()) {
      String name = path + "." + key.name();
      for (Object item : items(key.get(section))) {
        if (key.elementType().isSealed()) {
          used.add(name + "=" + kind(key.elementType(), item));
        } else if (key.elementType().isEnum()) {
          used.add(name + "=" + constant(key.elementType(), item));
        } else if (Section.isSection(key.elementType())) {
          use(name, item, used);
        }
      }
    }
  }

  private static List<?> items(Object value) {
    return value instanceof List<?> list ? list : Stream.ofNullable(value).toList();
  }

  private static String kind(Class<?> type, Object section) {
    return Section.kinds(type).entrySet().stream()
        .filter(e -> e.getValue() == section.getClass())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static String constant(Class<?> type, Object value) {
    return Section.constants(type).entrySet().stream()
        .filter(e -> e.getValue() == value)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static void know(String path, Class<?> type, Set<String> known) {
    for (Key key : Section.of(type).keys()) {
      String name = path + "." + key.name();
      known.add(name);
      Class<?> below = key.elementType();
      if (below.isSealed()) {
        Section.kinds(below)
            .forEach(
                (kind, record) -> {
                  known.add(name + "=" + kind);
                  know(name, record, known);
                });
      } else if (below.isEnum()) {
        Section.constants(below).keySet().forEach(c -> known.add(name + "=" + c));
      } else if (Section.isSection(below) && !below.isAnnotationPresent(Overrides.class)) {
        know(name, below, known);
      }
    }
  }
}
