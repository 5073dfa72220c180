package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qat4j.QatException;

/** What the annotations say holds for records that are made in Java, too. */
class SectionTest {
  static Set<Class<?>> records() {
    Set<Class<?>> found = new LinkedHashSet<>();
    collect(Experiment.class, found);
    return found;
  }

  private static void collect(Class<?> type, Set<Class<?>> found) {
    if (type.isSealed()) {
      Section.kinds(type).values().forEach(kind -> collect(kind, found));
    } else if (found.add(type)) {
      Section.of(type).keys().stream()
          .map(Key::elementType)
          .filter(Section::isSection)
          .forEach(below -> collect(below, found));
    }
  }

  @Test
  void allRecordsAreFound() {
    assertThat(records())
        .contains(TrainSpec.class, DataSpec.Table.class, LayerOverride.WeightsChange.class);
  }

  @ParameterizedTest
  @MethodSource("records")
  void everyKeyIsDescribed(Class<?> type) {
    assertThat(Section.of(type).keys()).allSatisfy(k -> assertThat(k.description()).endsWith("."));
  }

  @ParameterizedTest
  @MethodSource("records")
  void constructorsRefuseWhatIsMissingOrOutOfRange(Class<?> type) {
    Section section = Section.of(type);
    Object valid = new RandomSections(7).draw(section.type());
    for (int i = 0; i < section.keys().size(); i++) {
      Key key = section.keys().get(i);
      List<Object> wrong = new ArrayList<>();
      if (key.required() || key.defaultYaml() != null) {
        if (!key.component().getType().isPrimitive()) {
          wrong.add(null);
        }
      }
      if (key.range() != null) {
        wrong.addAll(outside(key));
      }
      for (Object value : wrong) {
        Object[] values = section.keys().stream().map(k -> k.get(valid)).toArray();
        values[i] = value;
        assertThatThrownBy(() -> section.create(values))
            .as("%s.%s = %s", type, key.name(), value)
            .isInstanceOf(QatException.class)
            .hasMessageStartingWith(key.name() + " is ");
      }
    }
  }

  private static List<Object> outside(Key key) {
    List<Double> numbers = new ArrayList<>(List.of(key.range().min() - 1, key.range().max() + 1));
    numbers.addAll(List.of(key.range().above(), key.range().below()));
    numbers.removeIf(n -> n.isInfinite());
    assertThat(numbers).isNotEmpty();
    if (key.elementType() == Integer.class) {
      return numbers.stream().map(n -> wrap(key, n.intValue())).toList();
    }
    numbers.add(Double.NaN);
    return numbers.stream().map(n -> wrap(key, n)).toList();
  }

  private static Object wrap(Key key, Object value) {
    return key.isList() ? List.of(value) : value;
  }

  @ParameterizedTest
  @MethodSource("records")
  void defaultsAreValid(Class<?> type) {
    Section section = Section.of(type);
    boolean selects =
        type == LayerOverride.class
            || type == PruneSpec.LayerShare.class
            || type == AcceptSpec.class;
    if (section.keys().stream().noneMatch(Key::required) && !selects) {
      assertThat(ExperimentReader.defaults(section.type())).isNotNull();
    }
  }
}
