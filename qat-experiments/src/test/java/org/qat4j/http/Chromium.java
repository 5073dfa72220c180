package org.qat4j.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium with one page, told what to do by the DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LISTENING = "DevTools listening on ";
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
  private int id;

  /** Where it is installed, if it is. */
  static Optional<Path> installed() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * @param profile an empty folder
   */
  Chromium(Path program, Path profile) throws IOException, InterruptedException {
    this.process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said = process.errorReader();
    String line = said.readLine();
    while (line != null && !line.startsWith(LISTENING)) {
      line = said.readLine();
    }
    if (line == null) {
      throw new IOException("Chromium ended before it listened");
    }
    URI browser = URI.create(line.substring(LISTENING.length()).strip());
    HttpClient http = HttpClient.newHttpClient();
    JsonNode pages =
        JSON.readTree(
            http.send(
                    HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + browser.getPort() + "/json/list"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    String page = pages.get(0).path("webSocketDebuggerUrl").asText();
    this.socket = http.newWebSocketBuilder().buildAsync(URI.create(page), new Messages()).join();
    call("Page.enable", JSON.createObjectNode());
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          messages.add(JSON.readTree(text.toString()));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private JsonNode call(String method, ObjectNode parameters)
      throws IOException, InterruptedException {
    ObjectNode message = JSON.createObjectNode().put("id", ++id).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).join();
    JsonNode answer = next();
    while (answer.path("id").asInt() != id) { // events in between
      answer = next();
    }
    if (answer.has("error")) {
      throw new IOException(method + ": " + answer.path("error"));
    }
    return answer.path("result");
  }

  private JsonNode next() throws IOException, InterruptedException {
    JsonNode message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new IOException("Chromium does not answer");
    }
    return message;
  }

  /** Sets the size of the screen. */
  void size(int width, int height) throws IOException, InterruptedException {
    call(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 500));
  }

  /** Opens a page and waits until an expression of it is true. */
  void open(String url, String until) throws IOException, InterruptedException {
    call("Page.navigate", JSON.createObjectNode().put("url", "about:blank"));
    call("Page.navigate", JSON.createObjectNode().put("url", url));
    await("document.readyState === 'complete' && location.href !== 'about:blank'");
    await(until);
  }

  /** What an expression of the page comes to. */
  JsonNode evaluate(String expression) throws IOException, InterruptedException {
    JsonNode result =
        call(
            "Runtime.evaluate",
            JSON.createObjectNode()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(expression + ": " + result.path("exceptionDetails"));
    }
    return result.at("/result/value");
  }

  /** Waits until an expression of the page is true. */
  void await(String expression) throws IOException, InterruptedException {
    JsonNode value = evaluate(expression);
    for (int i = 0; i < 3000 && !value.asBoolean(); i++) {
      evaluate("new Promise(ok => setTimeout(ok, 20))");
      value = evaluate(expression);
    }
    if (!value.asBoolean()) {
      throw new IOException(
          "never true: " + expression + " in " + evaluate("document.body.innerText"));
    }
  }

  /** Types a text where the keyboard is. */
  void type(String text) throws IOException, InterruptedException {
    call("Input.insertText", JSON.createObjectNode().put("text", text));
  }

  /** Presses a key: Tab, Enter or Space. */
  void press(String key, boolean control) throws IOException, InterruptedException {
    int code = List.of("Tab", "Enter", "Space").indexOf(key);
    ObjectNode event =
        JSON.createObjectNode()
            .put("key", key.equals("Space") ? " " : key)
            .put("code", key)
            .put("windowsVirtualKeyCode", new int[] {9, 13, 32}[code])
            .put("modifiers", control ? 2 : 0);
    String text = new String[] {"", "\r", " "}[code];
    call(
        "Input.dispatchKeyEvent",
        text.isEmpty() || control
            ? event.deepCopy().put("type", "rawKeyDown")
            : event.deepCopy().put("type", "keyDown").put("text", text));
    call("Input.dispatchKeyEvent", event.deepCopy().put("type", "keyUp"));
  }

  /** A picture of the page as a PNG file. */
  void picture(Path file) throws IOException, InterruptedException {
    JsonNode picture =
        call("Page.captureScreenshot", JSON.createObjectNode().put("captureBeyondViewport", true));
    Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
