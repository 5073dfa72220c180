package org.qat4j.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/** Asks a server on loopback. */
public record Client(String url, HttpClient http) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Client(Web web) {
    this(web.url(), HttpClient.newHttpClient());
  }

  public Client(String url) {
    this(url, HttpClient.newHttpClient());
  }

  /** An answer. */
  public record Answer(int status, String body, HttpResponse<String> response) {
    public JsonNode json() throws IOException {
      return JSON.readTree(body);
    }

    public String reason() throws IOException {
      return json().path("reason").asText();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  public Answer post(String body) throws IOException, InterruptedException {
    return send(predict(body, "application/json"));
  }

  public Answer post(String body, String type) throws IOException, InterruptedException {
    return send(predict(body, type));
  }

  public Answer method(String method, String path) throws IOException, InterruptedException {
    return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()).build());
  }

  public CompletableFuture<Answer> later(String body) {
    return http.sendAsync(predict(body, "application/json"), BodyHandlers.ofString())
        .thenApply(Client::answer);
  }

  private HttpRequest predict(String body, String type) {
    return request("v1/predict")
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    return answer(http.send(request, BodyHandlers.ofString()));
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(response.statusCode(), response.body(), response);
  }
}
