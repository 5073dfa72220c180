package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;

/**
 * Proves every cell of the table in docs/layers.md, and that the page says what was proved. To make
 * the page anew: {@code mvn test -pl qat-layers -am -Dtest=LayersPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate}
 */
class LayersPageTest {
  private static final Path PAGE = Path.of("../docs/layers.md");
  private static final String HOW =
      "run: mvn test -pl qat-layers -am -Dtest=LayersPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate";
  private static final String BEGIN =
      "<!-- Everything below is made by LayersPageTest, which proves it. -->\n\n";

  @TempDir private static Path folder;

  private final Map<LayerCase, Map<Property, String>> cells = new HashMap<>();

  @TestFactory
  Stream<DynamicNode> everyCellIsProved() {
    List<LayerCase> cases = LayerCases.all();
    List<DynamicNode> tests = new ArrayList<>();
    for (LayerCase c : cases) {
      if (c.refusal() != null) {
        tests.add(DynamicTest.dynamicTest(c + ", refused", () -> refuse(c)));
      } else {
        for (Property p : Property.values()) {
          tests.add(
              DynamicTest.dynamicTest(c + ", " + p.title(), () -> put(c, p, p.prove(c, folder))));
        }
      }
    }
    tests.add(DynamicTest.dynamicTest("the page", () -> check(cases)));
    return tests.stream();
  }

  private void refuse(LayerCase c) {
    assertThat(Qat.describe(c.create(DataType.FLOAT), QuantSpec.int8()).problems())
        .anySatisfy(problem -> assertThat(problem).contains(c.refusal()));
    for (Property p : Property.values()) {
      put(c, p, "refused");
    }
  }

  private void put(LayerCase c, Property p, String cell) {
    cells.computeIfAbsent(c, x -> new HashMap<>()).put(p, cell);
  }

  private void check(List<LayerCase> cases) throws IOException {
    StringBuilder table = new StringBuilder("| layer |");
    for (Property p : Property.values()) {
      table.append(' ').append(p.title()).append(" |");
    }
    table.append(" refused |\n|").append("---|".repeat(Property.values().length + 2)).append('\n');
    for (LayerCase c : cases) {
      Map<Property, String> row = cells.getOrDefault(c, Map.of());
      assertThat(row).as("proofs for %s", c).hasSize(Property.values().length);
      table.append("| ").append(c.layer()).append(" |");
      for (Property p : Property.values()) {
        table.append(' ').append(row.get(p)).append(" |");
      }
      String reason = c.refusal() == null ? c.limits() : c.refusal();
      table.append(reason.isEmpty() ? "" : " " + reason).append(" |\n");
    }
    String text = Files.readString(PAGE);
    int begin = text.indexOf(BEGIN);
    assertThat(begin).as("place of the table in %s", PAGE).isPositive();
    String expected = text.substring(0, begin) + BEGIN + table;
    if (System.getProperty("qat4j.generate") != null) {
      Files.writeString(PAGE, expected);
    }
    assertThat(PAGE).as(HOW).hasContent(expected);
  }
}
