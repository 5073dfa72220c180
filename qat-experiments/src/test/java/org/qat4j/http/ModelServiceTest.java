package org.qat4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;

class ModelServiceTest {
  private static final Web.Address ANY = new Web.Address("127.0.0.1", 0);
  private static final ServeLimits SMALL = new ServeLimits(200, 3, 40, 2);
  private static final IntegerModel MODEL = TwoWords.named("words");
  private static Web web;
  private static Client client;

  @BeforeAll
  static void start() {
    Server server = Task.server(MODEL, new Server.Wish(2, 1));
    web = new ModelService(MODEL, server, null, SMALL).start(ANY);
    client = new Client(web);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @Test
  void oneTextIsAnsweredWithProbabilities() throws Exception {
    Client.Answer answer = client.post("{\"text\": \"a large cat\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    JsonNode json = answer.json();
    assertThat(json.at("/model").asText()).isEqualTo("words");
    assertThat(json.at("/answers")).hasSize(1);
    assertThat(json.at("/answers/0/text").asText()).isEqualTo("a large cat");
    assertThat(json.at("/answers/0/classes/0/label").asText()).isEqualTo("animal");
    double best = json.at("/answers/0/classes/0/probability").asDouble();
    assertThat(best).isBetween(0.5, 1.0);
    assertThat(best + json.at("/answers/0/classes/1/probability").asDouble())
        .isBetween(0.999, 1.001);
    assertThat(json.at("/answers/0/micros").isNumber()).isTrue();
    assertThat(json.at("/answers/0/read").isMissingNode()).isTrue();
  }

  @Test
  void severalTextsAreAnsweredInTheirOrder() throws Exception {
    JsonNode json = client.post("{\"texts\": [\"a cat\", \"\", \"Übermut 😀\"]}").json();
    List<String> labels = new ArrayList<>();
    json.at("/answers").forEach(a -> labels.add(a.at("/classes/0/label").asText()));
    assertThat(labels).startsWith("animal").hasSize(3);
    assertThat(json.at("/answers/2/text").asText()).isEqualTo("Übermut 😀");
  }

  @Test
  void whatWasReadIsToldWhereAskedFor() throws Exception {
    JsonNode read =
        client.post("{\"text\": \"A Cat sat\", \"read\": true}").json().at("/answers/0/read/0");
    assertThat(read.at("/input").asText()).isEqualTo("ids");
    assertThat(read.at("/steps").asInt()).isEqualTo(6);
    List<String> tokens = new ArrayList<>();
    read.at("/tokens").forEach(t -> tokens.add(t.at("/token").asText() + t.at("/id").asInt()));
    assertThat(tokens).containsExactly("?1", "cat2", "?1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"text\": |400|no JSON at line 1",
        "{\"text\": \"a\"} {}|400|no JSON",
        "{\"text\": \"a\", \"text\": \"b\"}|400|uplicate",
        "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]|400|no JSON",
        "''|400|has to be an object",
        "[\"a\"]|400|has to be an object",
        "{}|400|give \"text\", a string, or \"texts\"",
        "{\"text\": \"a\", \"texts\": [\"b\"]}|400|give \"text\"",
        "{\"text\": 3}|400|\"text\" has to be a string",
        "{\"text\": null}|400|\"text\" has to be a string",
        "{\"texts\": \"a\"}|400|an array of one string or more",
        "{\"texts\": []}|400|an array of one string or more",
        "{\"texts\": [\"a\", {}]}|400|\"texts[1]\" has to be a string",
        "{\"text\": \"a\", \"topp\": 1}|400|no key \"topp\"",
        "{\"text\": \"a\", \"read\": 1}|400|\"read\" has to be true or false",
        "{\"text\": \"a\", \"float\": true}|400|--float",
        "{\"text\": \"\\ud83d\"}|400|half of a surrogate pair",
        "{\"texts\": [\"a\", \"b\", \"c\", \"d\"]}|413|4 texts; a request may have 3",
        "{\"text\": \"12345678901234567890123456789012345678901\"}|413|has 41 characters",
      })
  void badBodiesAreRefusedWithTheReason(String body, int status, String reason) throws Exception {
    Client.Answer answer = client.post(body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().at("/status").asInt()).isEqualTo(status);
    assertThat(answer.reason()).contains(reason);
    assertThat(answer.body()).doesNotContain("Exception", "\tat ", "org.qat4j");
  }

  @Test
  void whatIsAtTheLimitIsAnswered() throws Exception {
    String longest = "😀".repeat(40); // code points, of two chars each
    assertThat(client.post("{\"text\": \"" + longest + "\"}").status()).isEqualTo(200);
    String body = "{\"text\": \"a\"}";
    assertThat(client.post(body + " ".repeat(200 - body.length())).status()).isEqualTo(200);
    Client.Answer over = client.post(body + " ".repeat(201 - body.length()));
    assertThat(over.status()).isEqualTo(413);
    assertThat(over.reason()).contains("more than 200 bytes");
  }

  @Test
  void aBodyWithoutALengthIsLimitedToo() throws Exception {
    String chunk = "64\r\n" + " ".repeat(100) + "\r\n";
    String head = head("Content-Type: application/json", "Transfer-Encoding: chunked");
    assertThat(raw(head + chunk + chunk + chunk + "0\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("more than 200 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1"
  })
  void onlyJsonInUtf8IsRead(String type) throws Exception {
    Client.Answer answer = client.post("{\"text\": \"a\"}", type);
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.reason()).contains("Content-Type: application/json");
    assertThat(client.post("{\"text\": \"a\"}", "application/json; charset=UTF-8").status())
        .isEqualTo(200);
  }

  @Test
  void compressedBodiesAndBrokenUtf8AreRefused() throws Exception {
    String json = "Content-Type: application/json";
    assertThat(raw(head(json, "Content-Encoding: gzip", "Content-Length: 1") + "{"))
        .startsWith("HTTP/1.1 415")
        .contains("compressed");
    String body = "{\"text\": \"\u00ff\"}"; // one byte in ISO 8859-1, which is no UTF-8
    assertThat(raw(head(json, "Content-Length: " + body.length()) + body))
        .startsWith("HTTP/1.1 400")
        .contains("no JSON");
    assertThat(raw(head("Content-Length: 2") + "{}")).startsWith("HTTP/1.1 415");
  }

  private static String head(String... headers) {
    String first = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    return first + String.join("\r\n", headers) + "\r\n\r\n";
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    Client.Answer nowhere = client.get("v1/nowhere?x=%3Cscript%3E");
    assertThat(nowhere.status()).isEqualTo(404);
    assertThat(nowhere.reason()).isEqualTo("there is no /v1/nowhere; see /openapi.json");
    for (String path : List.of("/../pom.xml", "/%2e%2e/pom.xml", "/..;/pom.xml", "/page.css/")) {
      assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
          .as(path)
          .matches("(?s)HTTP/1.1 40[04] .*\\{\"status\":40[04],.*");
    }
    Client.Answer method = client.method("DELETE", "v1/predict");
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.header("Allow")).isEqualTo("POST");
    assertThat(method.reason()).isEqualTo("/v1/predict takes POST, not DELETE");
  }

  @Test
  void malformedHttpIsRefusedAsJson() throws Exception {
    assertThat(raw("GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("application/json")
        .contains("\"status\":400")
        .doesNotContain("<html>", "Exception");
  }

  /** A page from elsewhere that lets its name point to loopback does not get through. */
  @Test
  void onLoopbackOtherNamesAreRefused() throws Exception {
    for (String host : List.of("evil.example", "localhost.evil.example:80", "")) {
      assertThat(raw("GET /v1/model HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
          .as(host)
          .matches("(?s)HTTP/1.1 4(21|00).*");
    }
    for (String host : List.of("localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:3")) {
      assertThat(raw("GET /v1/model HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
          .as(host)
          .startsWith("HTTP/1.1 200");
    }
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), web.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theOpenApiFileHasTheRoutes() throws Exception {
    List<String> described = new ArrayList<>();
    JsonNode api = client.get("openapi.json").json();
    api.at("/paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    assertThat(described).containsExactlyInAnyOrderElementsOf(web.routes());
    for (String route : web.routes()) {
      if (route.startsWith("GET ")) {
        String path = route.substring("GET /".length());
        Client.Answer answer = client.get(path);
        assertThat(answer.status()).as(route).isEqualTo(200);
        String type = answer.header("Content-Type").replaceAll(";.*", "");
        assertThat(api.at("/paths").path("/" + path).at("/get/responses/200/content").has(type))
            .as(route + " " + type)
            .isTrue();
      }
    }
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws Exception {
    for (String file : List.of("", "serve.js", "page.css")) {
      assertThat(client.get(file).body()).doesNotContain("http://", "https://", "innerHTML");
    }
    assertThat(client.get("").header("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(client.get("").header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void healthReadinessModelAndMetricsAreTold() throws Exception {
    assertThat(client.get("healthz").body()).isEqualTo("{\"state\":\"alive\"}");
    assertThat(client.get("readyz").body()).isEqualTo("{\"state\":\"ready\"}");
    JsonNode model = client.get("v1/model").json();
    assertThat(model.at("/labels")).hasToString("[\"other\",\"animal\"]");
    assertThat(model.at("/limits/texts").asInt()).isEqualTo(3);
    client.post("{\"texts\": [\"a\", \"b\"]}");
    client.get("nowhere");
    assertThat(client.get("metrics").body())
        .containsPattern("qat_texts_total \\d")
        .contains("qat_requests_seconds_count{route=\"/v1/predict\",status=\"200\"}")
        .contains("qat_requests_seconds_count{route=\"other\",status=\"404\"}")
        .contains("qat_requests_running 0")
        .contains("jvm_memory_used_bytes");
  }

  /** Answers when it is allowed to. */
  private record Waiting(CountDownLatch begun, CountDownLatch allowed) implements Server {
    @Override
    public Sample encode(String text) {
      return Sample.ofTokens(new int[6]);
    }

    @Override
    public Answer answer(String text) {
      begun.countDown();
      try {
        allowed.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new Answer(text, Map.of("text", text));
    }
  }

  @Test
  void oneRequestMoreThanTheLimitIsToldToComeAgain() throws Exception {
    Waiting waiting = new Waiting(new CountDownLatch(2), new CountDownLatch(1));
    try (Web full = new ModelService(MODEL, waiting, null, SMALL).start(ANY)) {
      Client asking = new Client(full);
      List<CompletableFuture<Client.Answer>> running =
          List.of(asking.later("{\"text\": \"a\"}"), asking.later("{\"text\": \"b\"}"));
      waiting.begun().await();
      Client.Answer third = asking.post("{\"text\": \"c\"}");
      assertThat(third.status()).isEqualTo(429);
      assertThat(third.header("Retry-After")).isEqualTo("1");
      assertThat(third.reason()).contains("2 requests are being answered");
      assertThat(asking.get("healthz").status()).isEqualTo(200);
      waiting.allowed().countDown();
      for (CompletableFuture<Client.Answer> answer : running) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
      assertThat(asking.post("{\"text\": \"d\"}").status()).isEqualTo(200);
    }
  }

  @Test
  void aRunningRequestIsAnsweredWhenTheServerEnds() throws Exception {
    Waiting waiting = new Waiting(new CountDownLatch(1), new CountDownLatch(1));
    Web ending = new ModelService(MODEL, waiting, null, SMALL).start(ANY);
    Client asking = new Client(ending);
    CompletableFuture<Client.Answer> running = asking.later("{\"text\": \"a\"}");
    waiting.begun().await();
    ending.unready();
    Client.Answer readiness = asking.get("readyz");
    assertThat(readiness.status()).isEqualTo(503);
    assertThat(readiness.reason()).contains("about to stop");
    assertThat(asking.get("healthz").status()).isEqualTo(200);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(ending::close);
    waiting.allowed().countDown();
    assertThat(running.get().status()).isEqualTo(200);
    closed.get();
    ending.join();
    assertThatThrownBy(() -> asking.get("healthz")).isInstanceOf(IOException.class);
  }

  @Test
  void whatFailsInsideIsNotTold() throws Exception {
    Server failing =
        new Server() {
          @Override
          public Sample encode(String text) {
            throw new QatException("this line has 2 numbers, not 3");
          }

          @Override
          public Answer answer(String text) {
            if (text.equals("error")) {
              throw new StackOverflowError("secret");
            }
            if (text.equals("input")) {
              encode(text);
            }
            throw new IllegalStateException("secret");
          }
        };
    try (Web broken = new ModelService(MODEL, failing, null, SMALL).start(ANY)) {
      Client asking = new Client(broken);
      for (String text : List.of("error", "exception")) {
        Client.Answer answer = asking.post("{\"text\": \"" + text + "\"}");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.reason()).isEqualTo("an error of this program; its log says more");
      }
      Client.Answer input = asking.post("{\"text\": \"input\"}");
      assertThat(input.status()).isEqualTo(400);
      assertThat(input.reason()).isEqualTo("this line has 2 numbers, not 3");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    Web.Address taken = new Web.Address("127.0.0.1", web.port());
    ModelService second =
        new ModelService(MODEL, Task.server(MODEL, Server.Wish.BEST), null, SMALL);
    assertThatThrownBy(() -> second.start(taken))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("cannot listen on 127.0.0.1, port " + web.port())
        .hasMessageContaining("choose another --port");
    assertThatThrownBy(() -> new Web.Address("127.0.0.1", 65536)).hasMessageContaining("65535");
    assertThatThrownBy(() -> second.start(new Web.Address("no.such.host.invalid", 0)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("no.such.host.invalid");
    assertThatThrownBy(() -> new ServeLimits(1, 0, 1, 1)).hasMessageContaining("--max-texts");
  }
}
