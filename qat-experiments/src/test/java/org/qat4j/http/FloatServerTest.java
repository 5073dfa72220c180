package org.qat4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Predictions;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.report.ReportJson;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;
import org.qat4j.zoo.SavedNetworks;
import org.qat4j.zoo.TinyTexts;
import org.qat4j.zoo.Zoo;

class FloatServerTest {
  private static final Dataset DATA = TinyTexts.of(60, 1);
  private static final TrainSpec TRAIN =
      new TrainSpec(1, 8, 0.01, TrainSpec.Schedule.LINEAR, 0.1, 0);

  @TempDir private Path run;

  private static ModelSpec spec(boolean masked) {
    return masked
        ? new ModelSpec.BiLstm(ModelSpec.Units.WORDS, 12, true, 1, 8, 16, 0)
        : new ModelSpec.Transformer(
            ModelSpec.Units.CHARACTERS, 30, false, 1, 3, new BlockSpec(1, 8, 2, 16), 0);
  }

  private static IntegerModel freeze(TextNetwork net) {
    TextBatches texts = TextBatches.inOrder(DATA.test(), net.inputs(), 3, 8);
    QatNetwork qat = Qat.prepare(net.network(), QuantSpec.int8());
    qat.calibrate(texts, 2);
    return qat.freeze(new FreezeInfo("tiny", net.text(), DATA.labels(), Map.of()), texts.first(8));
  }

  /**
   * A run folder's network and report.
   *
   * @param beside by how many classes the report's answers are others
   */
  private Predictions keep(TextNetwork net, int beside) throws IOException {
    SavedNetworks.save(net.network(), run.resolve("float-network.zip"));
    Predictions p =
        Task.of(DATA).predict(net.network(), TextBatches.inOrder(DATA.test(), net.inputs(), 3, 8));
    List<Map<String, Object>> samples = new ArrayList<>();
    for (int i = 0; i < p.size(); i++) {
      String answer = DATA.labels().get((p.predicted(i) + beside) % 3);
      samples.add(Map.of("text", DATA.test().get(i).text(), "answers", Map.of("float", answer)));
    }
    Files.writeString(run.resolve("report.json"), ReportJson.compact(Map.of("samples", samples)));
    return p;
  }

  /** With masks and without: what the network itself answers. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theFloatNetworkAnswersBeside(boolean masked) throws Exception {
    TextNetwork net = Zoo.build(spec(masked), DATA, TRAIN, 3);
    Predictions own = keep(net, 0);
    IntegerModel model = freeze(net);
    FloatServer beside = FloatServer.of(run, model, 9);
    ServeLimits limits = new ServeLimits(1000, 1, 100, 1);
    Server server = Task.server(model, new Server.Wish(2, 1));
    try (Web web =
        new ModelService(model, server, beside, limits).start(new Web.Address("127.0.0.1", 0))) {
      Client client = new Client(web);
      assertThat(client.get("v1/model").json().at("/float").asBoolean()).isTrue();
      for (int i = 0; i < 3; i++) {
        String text = DATA.test().get(i).text();
        JsonNode answer =
            client.post("{\"float\": true, \"text\": \"" + text + "\"}").json().at("/answers/0");
        assertThat(answer.at("/float/classes")).hasSize(3);
        assertThat(answer.at("/float/classes/0/label").asText())
            .isEqualTo(DATA.labels().get(own.predicted(i)));
        Set<String> labels = new HashSet<>();
        double sum = 0;
        for (JsonNode c : answer.at("/float/classes")) {
          labels.add(c.at("/label").asText());
          sum += c.at("/probability").asDouble();
        }
        assertThat(labels).hasSize(3);
        assertThat(sum).isBetween(0.999, 1.001);
      }
      JsonNode without = client.post("{\"text\": \"bola\"}").json();
      assertThat(without.at("/answers/0/float").isMissingNode()).isTrue();
    }
  }

  @Test
  void aNetworkThatAnswersOtherwiseIsRefused() throws Exception {
    TextNetwork net = Zoo.build(spec(false), DATA, TRAIN, 3);
    IntegerModel model = freeze(net);
    assertThatThrownBy(() -> FloatServer.of(run, model, 1)).hasMessageContaining("report");
    keep(net, 1);
    assertThatThrownBy(() -> FloatServer.of(run, model, 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("does not give the answers of its report");
    Files.writeString(run.resolve("report.json"), "{\"samples\": []}");
    assertThatThrownBy(() -> FloatServer.of(run, model, 1)).hasMessageContaining("classes alone");
    assertThatThrownBy(() -> FloatServer.of(run.resolve("model.qat"), model, 1))
        .hasMessageContaining("--float needs a run folder");
  }
}
