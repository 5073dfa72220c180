package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Writes experiments so that {@link ExperimentReader} reads the same. */
public final class ExperimentWriter {
  private ExperimentWriter() {}

  /** The whole experiment as YAML: every value, those that are defaults too; no file beside it. */
  public static String toYaml(Experiment experiment) {
    return dump(section(experiment));
  }

  /**
   * The lines of an experiment file that make one experiment of another: the overrides, and the
   * keys of {@code quantize.qat} that differ.
   */
  public static String changes(QuantizeSpec from, QuantizeSpec to) {
    Map<String, Object> changed = new LinkedHashMap<>(section(to));
    changed.keySet().retainAll(Set.of("overrides", "qat"));
    Map<String, Object> before = section(from.qat());
    Map<String, Object> qat = section(to.qat());
    qat.entrySet().removeIf(e -> e.getValue().equals(before.get(e.getKey())));
    if (qat.isEmpty()) {
      changed.remove("qat");
    } else {
      changed.put("qat", qat);
    }
    return dump(Map.of("quantize", changed));
  }

  /** The sections model and train of an experiment as YAML. */
  public static String network(Experiment experiment) {
    Map<String, Object> all = new LinkedHashMap<>(section(experiment));
    all.keySet().retainAll(Set.of("model", "train"));
    return dump(all);
  }

  private static String dump(Map<String, Object> section) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.BLOCK);
    options.setSplitLines(false);
    options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE);
    options.setIndicatorIndent(2);
    options.setIndentWithIndicator(true);
    return YamlParser.snakeYaml(options, new Plain(options)).dump(section);
  }

  /** Every value of an experiment by the path of its key; a list is one value. */
  public static Map<String, String> values(Experiment experiment) {
    Map<String, String> values = new LinkedHashMap<>();
    flatten("", section(experiment), values);
    return values;
  }

  private static void flatten(String path, Map<?, ?> section, Map<String, String> values) {
    section.forEach(
        (key, value) -> {
          String name = path.isEmpty() ? key.toString() : path + "." + key;
          if (value instanceof Map<?, ?> below) {
            flatten(name, below, values);
          } else {
            values.put(name, String.valueOf(value));
          }
        });
  }

  private static Map<String, Object> section(Object section) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Class<?> choice : section.getClass().getInterfaces()) {
      if (choice.isAnnotationPresent(JsonSubTypes.class)) {
        Section.kinds(choice).entrySet().stream()
            .filter(kind -> kind.getValue() == section.getClass())
            .forEach(kind -> values.put("kind", kind.getKey()));
      }
    }
    for (Key key : Section.of(section.getClass()).keys()) {
      Object value = key.get(section);
      if (value instanceof List<?> list) {
        // a list of its own: YAML would make an alias of one that is there twice
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(value(item, key)));
        values.put(key.name(), items);
      } else if (value != null) {
        values.put(key.name(), value(value, key));
      }
    }
    return values;
  }

  private static Object value(Object value, Key key) {
    if (Section.isSection(key.elementType())) {
      Map<String, Object> section = section(value);
      return section.keySet().equals(Set.of("kind")) ? section.get("kind") : section;
    } else if (value instanceof Enum<?>) {
      return Section.constants(key.elementType()).entrySet().stream()
          .filter(constant -> constant.getValue() == value)
          .map(Entry::getKey)
          .findFirst()
          .orElseThrow();
    } else if (value instanceof Moment || value instanceof ByteSize) {
      return value.toString();
    }
    return key.path() ? PathVariables.escape((String) value) : value;
  }

  /** Numbers without exponents, lists of numbers in one line. */
  private static final class Plain extends Representer {
    Plain(DumperOptions options) {
      super(options);
      representers.put(Double.class, d -> representScalar(Tag.FLOAT, plain((Double) d)));
    }

    private static String plain(double number) {
      String text = Double.toString(number);
      if (!text.contains("E")) {
        return text;
      }
      String digits = Key.plain(number);
      return digits.contains(".") ? digits : digits + ".0";
    }

    @Override
    protected Node representSequence(Tag tag, Iterable<?> sequence, FlowStyle style) {
      boolean numbers = true;
      for (Object item : sequence) {
        numbers &= item instanceof Number;
      }
      return super.representSequence(tag, sequence, numbers ? FlowStyle.FLOW : style);
    }
  }
}
