package org.qat4j.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;
import org.qat4j.text.BytePairs;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.WordEncoder;

/** What is answered is what /openapi.json says, for every task. */
class OpenApiTest {
  private static final List<String> WORDS = List.of("cat");

  private Web web;

  @AfterEach
  void stop() {
    if (web != null) {
      web.close();
    }
  }

  private Client serve(IntegerModel model, Server beside) {
    Server server = Task.server(model, new Server.Wish(2, 1));
    ServeLimits limits = new ServeLimits(1000, 3, 100, 2);
    web = new ModelService(model, server, beside, limits).start(new Web.Address("127.0.0.1", 0));
    return new Client(web);
  }

  private static JsonSchema schema(Client client, String name) throws Exception {
    ObjectNode schema = new ObjectMapper().createObjectNode();
    schema.put("$ref", "#/components/schemas/" + name);
    schema.set("components", client.get("openapi.json").json().path("components"));
    return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
  }

  private static void assertDescribed(Client client, String schema, JsonNode json)
      throws Exception {
    assertThat(schema(client, schema).validate(json)).as(json.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"classes", "tags", "translation", "number", "vector"})
  void answersOfEveryTaskAreDescribed(String kind) throws Exception {
    Client client = serve(model(kind), null);
    for (String text : List.of("a large cat", "", "cat")) {
      JsonNode json =
          client
              .post(new ObjectMapper().writeValueAsString(Map.of("text", text, "read", true)))
              .json();
      assertThat(json.at("/answers/0").has(kind)).as(json.toString()).isTrue();
      assertDescribed(client, "Answers", json);
    }
  }

  @Test
  void theFloatNetworksAnswerIsDescribed() throws Exception {
    IntegerModel model = TwoWords.named("words");
    Server classes = Task.server(model, new Server.Wish(2, 1));
    Server beside =
        new Server() {
          @Override
          public Sample encode(String text) {
            return classes.encode(text);
          }

          @Override
          public Answer answer(String text) {
            Map<String, Object> json = new LinkedHashMap<>(classes.answer(text).json());
            json.remove("text");
            return new Answer("", json);
          }
        };
    Client client = serve(model, beside);
    assertDescribed(
        client, "Answers", client.post("{\"texts\": [\"a\", \"cat\"], \"float\": true}").json());
  }

  @Test
  void statesModelsAndRefusalsAreDescribed() throws Exception {
    Client client = serve(TwoWords.named("words"), null);
    assertDescribed(client, "State", client.get("healthz").json());
    assertDescribed(client, "State", client.get("readyz").json());
    assertDescribed(client, "Model", client.get("v1/model").json());
    assertDescribed(client, "Refusal", client.post("{\"txt\": \"a\"}").json());
    assertDescribed(client, "Refusal", client.get("nowhere").json());
  }

  /** So that the tests above can fail. */
  @Test
  void whatIsNotDescribedIsFound() throws Exception {
    Client client = serve(TwoWords.named("words"), null);
    ObjectNode json = (ObjectNode) client.post("{\"text\": \"cat\"}").json();
    ((ObjectNode) json.at("/answers/0")).put("colour", "grey");
    assertThat(schema(client, "Answers").validate(json)).hasSize(1);
    ((ObjectNode) json.at("/answers/0")).remove(List.of("colour", "classes"));
    assertThat(schema(client, "Answers").validate(json)).isNotEmpty();
  }

  /** The smallest model of a task. */
  private static IntegerModel model(String kind) {
    QuantParams codes = QuantParams.asymmetric(-1f, 1f, 8);
    WordEncoder words = new WordEncoder(WORDS, 6, true, false, false);
    Op bag = new Op.EmbeddingBag("bag", "ids", tensor(3, 2), false, codes);
    return switch (kind) {
      case "classes" -> TwoWords.named(kind);
      case "number" -> model(kind, words, List.of(), bag, scores("bag", 1));
      case "vector" -> model(kind, words, List.of(), bag);
      case "tags" ->
          model(
              kind,
              new TokenEncoder(WORDS, 6, true, false),
              List.of("O", "B-animal"),
              new Op.Embedding("rows", "ids", tensor(3, 2)),
              scores("rows", 2));
      case "translation" -> {
        PieceEncoder pieces =
            new PieceEncoder(new BytePairs(List.of()), List.of("▁", "a", "b"), 3, 4);
        IntVector places = IntVector.of(IntStream.range(3, 7).toArray());
        yield model(
            kind,
            pieces,
            List.of(),
            new Op.Embedding("rows", "ids", tensor(pieces.vocabularySize(), 2)),
            new Op.Select("target", "rows", 0, places),
            scores("target", pieces.vocabularySize()),
            new Op.Softmax("next", "scores"));
      }
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static Op scores(String of, int n) {
    return new Op.Dense("scores", of, tensor(n, 2), IntVector.of(new int[n]), new Output.Real());
  }

  private static QuantizedTensor tensor(int rows, int columns) {
    byte[] values = new byte[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (5 * i % 7 - 3);
    }
    return new QuantizedTensor(values, new int[] {rows, columns}, 8, new float[] {0.05f}, 0);
  }

  private static IntegerModel model(
      String name, TextEncoder encoder, List<String> labels, Op... ops) {
    return new IntegerModel(
        name,
        List.of(
            new Input(
                "ids", Input.Kind.TOKENS, List.of(encoder.length()), encoder.vocabularySize())),
        List.of(ops),
        List.of(ops[ops.length - 1].name()),
        List.of(new TextInput("ids", encoder)),
        labels);
  }
}
