package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.evaluation.Stage;

class ComparisonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static ObjectNode report(long... seeds) throws Exception {
    return (ObjectNode) MAPPER.readTree(ReportJson.of(SampleReports.of(seeds)));
  }

  private static Comparison of(JsonNode... reports) {
    List<Comparison.Entry> entries = new ArrayList<>();
    for (JsonNode report : reports) {
      entries.addAll(Comparison.read("run-" + entries.size(), report));
    }
    return new Comparison(entries);
  }

  @Test
  void figuresStandSideBySide() throws Exception {
    RunReport first = SampleReports.of(42);
    ObjectNode other = report(1, 2);
    other.put("config", "name: other\nseed: 42\ntrain: {epochs: 3}\ndata: {kind: langid}\n");
    Comparison both = of(report(42), other);
    String table = both.table();

    assertThat(table)
        .contains("A  run-0: langid-int8, 1 seed\n", "B  run-1: langid-int8, 2 seeds\n")
        .contains("Settings that differ:\n", "  train.epochs\n    A  –\n    B  3\n")
        .contains("A  model.qat 1.20 MB, 20.")
        .doesNotContain("  name\n", "  seed\n", "warning");
    for (Stage stage : List.of(Stage.LINEAR, Stage.FLOAT, Stage.CONTROL, Stage.INTEGER)) {
      var result = first.results().stages().get(stage);
      assertThat(table.lines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("A  " + stage.title())
                      .contains(Formats.percent(result.score()))
                      .contains(Formats.percent(result.interval())));
    }
    assertThat(table)
        .contains(
            Formats.points(
                first.results().stages().get(Stage.INTEGER).against().get(Stage.CONTROL)));
    assertThat(table.lines()).allMatch(line -> line.length() <= 100, "at most 100 columns");
    assertThat(table.lines()).noneMatch(line -> line.endsWith(" "));
  }

  @Test
  void theSameForPrograms() throws Exception {
    JsonNode json = MAPPER.readTree(of(report(42), report(1, 2)).json());
    assertThat(json.at("/runs")).hasSize(2);
    assertThat(json.at("/runs/0/results/integer/score"))
        .isEqualTo(report(42).at("/results/integer/accuracy"));
    assertThat(json.at("/runs/0/results/integer/toControl/interval")).hasSize(2);
    assertThat(json.at("/runs/1/seeds").asInt()).isEqualTo(2);
    assertThat(json.at("/differences").size()).isZero();
    assertThat(json.at("/warnings").size()).isZero();
  }

  @Test
  void variantsOfASweepAreRunsOfTheirOwn() throws Exception {
    SeedRun run = SampleReports.of(1).runs().get(0);
    SweepReport sweep =
        SweepReport.of(
            "lowbit",
            "",
            SampleReports.of(1).data(),
            new TreeMap<>(Map.of("W4", List.of(run), "W8", List.of(run))),
            List.of(Map.of("weights.bits", "4"), Map.of("weights.bits", "8")),
            Map.of());
    Comparison all = of(MAPPER.readTree(ReportJson.of(sweep)));
    assertThat(all.entries())
        .extracting(Comparison.Entry::name)
        .containsExactly("run-0/W4", "run-0/W8");
    assertThat(all.differences()).isEqualTo(Map.of("weights.bits", List.of("4", "8")));
  }

  @Test
  void whatCannotBeComparedIsSaid() throws Exception {
    ObjectNode other = report(42);
    ((ObjectNode) other.get("data")).put("sha256", "other");
    assertThat(of(report(42), other).table())
        .contains("warning: The runs were made with different");
    ObjectNode ranked =
        (ObjectNode) MAPPER.readTree(other.toString().replace("\"accuracy\"", "\"map\""));
    assertThat(of(report(42), ranked).warnings()).hasSize(2);
  }

  @Test
  void otherFilesAreRefused() throws Exception {
    assertThatThrownBy(() -> of(MAPPER.readTree("{\"schemaVersion\": 2}")))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("run-0 is no report of this version");
    assertThatThrownBy(() -> of(MAPPER.readTree("{\"schemaVersion\": 1}")))
        .isInstanceOf(QatException.class)
        .hasMessage("run-0 has no results");
  }
}
