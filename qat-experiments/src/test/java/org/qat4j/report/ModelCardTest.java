package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;
import org.yaml.snakeyaml.Yaml;

class ModelCardTest {
  @Test
  void theCardForPeople() {
    RunReport report = SampleReports.of(42);
    String card = ModelCard.markdown(report);
    for (StageResult result : report.results().stages().values()) {
      assertThat(card).contains(Formats.percent(result.score()));
      assertThat(card).contains(Formats.percent(result.interval()));
    }
    assertThat(card)
        .contains("# langid-int8\n", "&lt;b>8 bits")
        .contains("## Intended use\n\n*to be filled in*\n", "- model: *to be filled in*")
        .contains("36,112 training, 4,012 validation, 4,000 test rows, 24 classes")
        .contains("3 malformed rows were left out", "SHA-256 of all rows: 8f1b25")
        .contains("| control | 85.58 % |", "Gate: missed; dropToFloat: ")
        .contains("model.qat 1.20 MB, of it 918.2 kB without vocabulary; 3.64 MB in float")
        .contains("| conv | 8 | 8 |", "| out | 8 | float |")
        .contains("- There is no integer model", "- processor: A processor &amp; more")
        .doesNotContain("null")
        .endsWith("\n");
    Object head = new Yaml().load(card.substring(4, card.indexOf("\n---\n")));
    assertThat(head)
        .hasToString("{library_name=qat4j, tags=[quantized, integer], metrics=[accuracy]}");
  }

  @Test
  void theCardForPrograms() throws Exception {
    RunReport report = SampleReports.of(1, 2);
    JsonNode card = new ObjectMapper().readTree(ModelCard.json(report));
    JsonNode full = new ObjectMapper().readTree(ReportJson.of(report));
    for (String same :
        List.of("results", "data", "bytes", "verify", "gate", "provenance", "seeds")) {
      assertThat(card.get(same)).as(same).isNotNull().isEqualTo(full.get(same));
    }
    for (String open : List.of("/licence/model", "/licence/data", "/intendedUse", "/outOfScope")) {
      assertThat(card.at(open).isNull()).as(open).isTrue();
    }
    assertThat(card.at("/bits/1"))
        .hasToString("{\"layer\":\"conv\",\"type\":\"QatConv1D\",\"weights\":8,\"activations\":8}");
    assertThat(card.at("/warnings").size()).isPositive();
  }

  @Test
  void theCardOfARunWithTheLeastInIt() {
    Predictions p = Predictions.of(new int[] {0, 1}, new int[] {0, 0}, new float[] {0.1f, 2f});
    RunReport least =
        RunReport.builder("least", "")
            .data(new DataSummary(1, 0, 2, List.of("a", "b"), "", 0))
            .run(SeedRun.builder(1).predictions(Stage.FLOAT, p).build())
            .build();
    assertThat(ModelCard.markdown(least))
        .contains("No integer model was written.", "None was found.", "50.00 %")
        .doesNotContain("null");
  }
}
