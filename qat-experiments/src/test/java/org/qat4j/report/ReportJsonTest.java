package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path DOCS = Path.of("..", "docs", "report.md");

  @Test
  void theKeysThatStay() throws Exception {
    JsonNode report = MAPPER.readTree(ReportJson.of(SampleReports.of(42)));
    assertThat(report.at("/schemaVersion").asInt()).isEqualTo(1);
    assertThat(report.at("/experiment").asText()).isEqualTo("langid-int8");
    assertThat(report.at("/seed").asLong()).isEqualTo(42);
    assertThat(report.at("/data/train").asInt()).isEqualTo(36_112);
    assertThat(report.at("/data/validation").asInt()).isEqualTo(4_012);
    assertThat(report.at("/data/test").asInt()).isEqualTo(4_000);
    for (String stage : List.of("float", "control", "ptq", "qat", "integer")) {
      JsonNode result = report.at("/results/" + stage);
      assertThat(result.get("accuracy").asDouble()).isBetween(0.8, 0.9);
      assertThat(result.get("loss").asDouble()).isPositive();
      assertThat(result.at("/interval/0").asDouble()).isLessThan(result.get("accuracy").asDouble());
      assertThat(result.at("/interval/1").asDouble())
          .isGreaterThan(result.get("accuracy").asDouble());
    }
    assertThat(report.at("/results/flips").asDouble()).isBetween(0.001, 0.1);
    assertThat(report.at("/bytes/float").asLong()).isEqualTo(3_644_000);
    assertThat(report.at("/bytes/integer").asLong()).isEqualTo(918_200);
    assertThat(report.at("/bytes/integerWithVocabulary").asLong()).isEqualTo(1_201_344);
    assertThat(report.at("/bytes/onnx").asLong()).isEqualTo(1_090_112);
    assertThat(report.at("/verify/inputs").asLong()).isEqualTo(1_000);
    assertThat(report.at("/verify/maxLogitDifference").asDouble()).isEqualTo(1.2e-6);
    for (String key : List.of("javaVsOnnxCodes", "qatVsJavaCodes", "argmaxFlips")) {
      assertThat(report.at("/verify/" + key).isIntegralNumber()).as(key).isTrue();
    }
    for (String key :
        List.of(
            "data",
            "floatTraining",
            "calibration",
            "tuning",
            "qat",
            "freeze",
            "evaluation",
            "total")) {
      assertThat(report.at("/seconds/" + key).isNumber()).as(key).isTrue();
    }
    assertThat(report.at("/cost/qatStepOverFloatStep").asDouble()).isEqualTo(1.07);
  }

  @Test
  void severalSeedsAreOneReport() throws Exception {
    JsonNode report = MAPPER.readTree(ReportJson.of(SampleReports.of(1, 2, 3)));
    assertThat(report.has("seed")).isFalse();
    assertThat(report.get("seeds")).hasToString("[1,2,3]");
    assertThat(report.at("/runs/2/seed").asLong()).isEqualTo(3);
    assertThat(report.at("/verify/inputs").asLong()).isEqualTo(3_000);
    assertThat(report.at("/results/qat/standardDeviation").asDouble()).isPositive();
    double mean = 0;
    for (JsonNode run : report.get("runs")) {
      mean += run.at("/accuracy/qat").asDouble() / 3;
    }
    assertThat(report.at("/results/qat/accuracy").asDouble())
        .isCloseTo(mean, org.assertj.core.api.Assertions.within(1e-6));
  }

  @Test
  void theSameRunGivesTheSameReportApartFromItsTotalTime() throws Exception {
    assertThat(withoutTotal(SampleReports.of(1, 2)))
        .isEqualTo(withoutTotal(SampleReports.of(1, 2)));
  }

  private static String withoutTotal(RunReport report) throws Exception {
    ObjectNode tree = (ObjectNode) MAPPER.readTree(ReportJson.of(report));
    ((ObjectNode) tree.get("seconds")).remove("total");
    tree.get("runs").forEach(run -> ((ObjectNode) run).remove("seconds"));
    return tree.toString();
  }

  @Test
  void figuresAreRoundedAndNeverInfinite() {
    assertThat(ReportJson.compact(Map.of("a", 1 / 3.0))).isEqualTo("{\"a\":0.3333333}");
    assertThat(ReportJson.compact(List.of(Double.NaN, Double.POSITIVE_INFINITY)))
        .isEqualTo("[null,null]");
  }

  /** docs/report.md lists the keys that a report has, and no others. */
  @Test
  void theDocumentationListsAllKeys() throws Exception {
    Set<String> produced = new TreeSet<>();
    addKeys(produced, "", MAPPER.readTree(ReportJson.of(SampleReports.of(42))));
    addKeys(produced, "", MAPPER.readTree(ReportJson.of(SampleReports.of(1, 2))));
    Set<String> documented = new TreeSet<>();
    String docs = Files.readString(DOCS);
    String ofRuns =
        docs.substring(
            docs.indexOf("## Keys of report.json"), docs.indexOf("## The report of a sweep"));
    Matcher row = Pattern.compile("(?m)^\\| `([^`]+)`").matcher(ofRuns);
    while (row.find()) {
      documented.add(row.group(1));
    }
    assertThat(documented).isEqualTo(produced);
  }

  /** Paths of the leaves; names of stages become "&lt;stage>", elements of lists "[]". */
  private static void addKeys(Set<String> keys, String path, JsonNode node) {
    if (node.isObject() && !path.equals("provenance")) {
      node.properties()
          .forEach(
              e -> {
                String name = path.endsWith("codesChanged") ? "<layer>" : e.getKey();
                String key = isStage(path, name) ? "<stage>" : name;
                addKeys(keys, path.isEmpty() ? key : path + "." + key, e.getValue());
              });
    } else if (node.isArray() && node.size() > 0 && node.get(0).isObject()) {
      List<JsonNode> elements = new ArrayList<>();
      node.forEach(elements::add);
      elements.forEach(e -> addKeys(keys, path + "[]", e));
    } else {
      keys.add(path);
    }
  }

  private static boolean isStage(String path, String key) {
    return !path.equals("seconds")
        && !path.startsWith("tuning")
        && !path.equals("bytes")
        && Set.of(
                "majority",
                "linear",
                "float",
                "control",
                "pruned",
                "ptq",
                "observer",
                "tuned",
                "qat",
                "integer")
            .contains(key);
  }
}
