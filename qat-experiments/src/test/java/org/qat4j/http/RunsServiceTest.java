package org.qat4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.report.folder.RunFolder;

class RunsServiceTest {
  static final String REPORT =
      """
      {"schemaVersion": 1, "experiment": "<b>%s</b>", "seed": 1, "data": {"sha256": "d"},
       "results": {
         "float": {"accuracy": 0.9, "interval": [0.8, 0.95], "against": {}},
         "integer": {"accuracy": %s, "interval": [0.7, 0.9],
           "against": {"float": {"mean": -0.05, "interval": [-0.1, 0.01]}}}},
       "bytes": {"integerWithVocabulary": 1234}, "cost": {"microsPerText": {"integer": 12.5}},
       "layers": {"ptq": {"rows": [{"name": "out", "weightBits": 8, "quantization": {"sqnrDb": 1}}]},
         "qat": {"rows": [{"name": "out", "weightBits": 3, "activationBits": 8,
           "quantization": {"sqnrDb": 21.5}}]}},
       "config": "name: %s\\nquantize: {bits: %s}\\n"}
      """;

  @TempDir private Path folder;
  private Web web;
  private Client client;
  private RunFolder goesOn;

  @BeforeEach
  void start() throws IOException {
    run("a", "finished");
    report("a", 0.85, 8);
    run("b", "finished");
    report("b", 0.8, 3);
    goesOn = RunFolder.create(folder.resolve("goes-on"), false);
    Files.createDirectory(folder.resolve("no-run"));
    Files.writeString(folder.resolve("secret.txt"), "secret");
    web = new RunsService(folder).start(new Web.Address("127.0.0.1", 0));
    client = new Client(web);
  }

  @AfterEach
  void stop() {
    goesOn.close();
    web.close();
  }

  private void run(String name, String state) throws IOException {
    Path run = Files.createDirectory(folder.resolve(name));
    Files.writeString(
        run.resolve("run.json"),
        "{\"state\": \"" + state + "\", \"started\": \"2026-01-01T00:00:00Z\"}");
  }

  private void report(String name, double accuracy, int bits) throws IOException {
    Path run = folder.resolve(name);
    Files.writeString(run.resolve("report.json"), REPORT.formatted(name, accuracy, name, bits));
    Files.writeString(run.resolve("report.html"), "<script>1</script>report of " + name);
  }

  @Test
  void theTableHasEveryRun() throws Exception {
    JsonNode runs = client.get("v1/runs").json().at("/runs");
    List<String> names = new ArrayList<>();
    runs.forEach(r -> names.add(r.at("/name").asText() + " " + r.at("/state").asText()));
    assertThat(names).containsExactly("a finished", "b finished", "goes-on running");
    JsonNode a = runs.get(0);
    assertThat(a.at("/experiment").asText()).isEqualTo("<b>a</b>");
    assertThat(a.at("/score").asDouble()).isEqualTo(0.85);
    assertThat(a.at("/last").asText()).isEqualTo("integer model");
    assertThat(a.at("/toFloat/mean").asDouble()).isEqualTo(-0.05);
    assertThat(a.at("/bytes").asInt()).isEqualTo(1234);
    assertThat(a.at("/report").asBoolean()).isTrue();
    assertThat(runs.get(2).has("score")).isFalse();
    assertThat(runs.get(2).at("/report").asBoolean()).isFalse();
  }

  @Test
  void aRunThatComesToItsEndIsSeen() throws Exception {
    client.get("v1/runs");
    report("goes-on", 0.7, 2);
    assertThat(client.get("v1/runs").json().at("/runs/2/score").asDouble()).isEqualTo(0.7);
    Files.writeString(folder.resolve("goes-on/report.json"), "{\"schemaVersion\": 99}");
    JsonNode other = client.get("v1/runs").json().at("/runs/2");
    assertThat(other.at("/problem").asText()).contains("no report of this version");
  }

  @Test
  void curvesGrowWithTheRun() throws Exception {
    assertThat(client.get("v1/runs/goes-on").json().at("/curves")).isEmpty();
    Path metrics = folder.resolve("goes-on/metrics.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int step = 1; step <= 5000; step++) {
      lines.append("{\"seed\": 1, \"stage\": \"float\", \"step\": ").append(step);
      lines.append(step % 1000 == 0 ? ", \"validationAccuracy\": 0.5" : "");
      lines.append(", \"loss\": 0.25}\n");
    }
    Files.writeString(metrics, lines + "{\"seed\": 1, \"sta");
    JsonNode curves = client.get("v1/runs/goes-on").json().at("/curves");
    JsonNode loss = curves.path("1 float");
    assertThat(loss.size()).isBetween(400, 801);
    assertThat(loss.get(0).at("/step").asInt()).isEqualTo(1);
    assertThat(loss.get(loss.size() - 1).at("/step").asInt()).isEqualTo(5000);
    assertThat(curves.path("1 float validation")).hasSize(5);
    Files.writeString(
        metrics, "ge\": \"qat\", \"step\": 1, \"loss\": 0.5}\n", StandardOpenOption.APPEND);
    assertThat(client.get("v1/runs/goes-on").json().at("/curves").path("1 qat")).hasSize(1);
  }

  @Test
  void runsStandSideBySide() throws Exception {
    JsonNode two = client.get("v1/compare?run=a&run=b").json();
    assertThat(two.at("/comparison/runs/1/results/integer/score").asDouble()).isEqualTo(0.8);
    assertThat(two.at("/comparison/differences").path("quantize.bits"))
        .hasToString("[\"8\",\"3\"]");
    assertThat(two.at("/layers/a/0/sqnrDb").asDouble()).isEqualTo(21.5);
    assertThat(two.at("/layers/a/0/weightBits").asInt()).isEqualTo(3);
    assertThat(two.at("/shares")).hasToString("[true,true]");
    assertThat(two.at("/stages/integer").asText()).isEqualTo("integer model");
    assertThat(client.get("v1/compare").reason()).contains("give 1 to 12 runs");
    Client.Answer early = client.get("v1/compare?run=a&run=goes-on");
    assertThat(early.status()).isEqualTo(400);
    assertThat(early.reason()).contains("goes-on has no report");
  }

  @Test
  void aReportIsShownAndCannotReachAnything() throws Exception {
    Client.Answer report = client.get("v1/runs/a/report");
    assertThat(report.body()).endsWith("report of a");
    assertThat(report.header("Content-Security-Policy"))
        .contains("default-src 'none'", "sandbox allow-scripts")
        .doesNotContain("connect-src", "allow-same-origin");
    assertThat(client.get("v1/runs/goes-on/report").status()).isEqualTo(404);
  }

  @Test
  void nothingElseIsRead() throws Exception {
    assertThat(client.method("DELETE", "v1/runs/a").status()).isEqualTo(405);
    for (String name : List.of("no-run", "..", "%2e%2e", "a%2f..%2fa", "secret.txt", "%00", ".")) {
      for (String path : List.of("v1/runs/" + name, "v1/runs/" + name + "/report")) {
        Client.Answer answer = client.get(path);
        assertThat(answer.body()).as(path).doesNotContain("secret\"").doesNotContain("Exception");
        assertThat(answer.status()).as(path).isIn(400, 404);
      }
    }
    assertThat(client.get("v1/compare?run=..%2fa").status()).isEqualTo(404);
    assertThat(web.routes()).allMatch(route -> route.startsWith("GET "));
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws Exception {
    assertThat(client.get("").body()).contains("<title>Runs");
    assertThat(client.get("ui.js").body())
        .doesNotContain("innerHTML", "https://")
        .doesNotContainPattern("http://(?!www\\.w3\\.org/2000/svg')");
  }

  @Test
  void whatHoldsNoRunsIsExplained() {
    assertThatThrownBy(() -> new RunsService(folder.resolve("nowhere")))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("./qat run makes run folders");
    assertThatThrownBy(() -> new RunsService(folder.resolve("a")))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("is a run itself; give the folder that it is in: " + folder);
  }
}
