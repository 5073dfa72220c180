package org.qat4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;

/**
 * The pages as a browser shows them, by keyboard, wide and on 360 pixels. Skipped where there is no
 * Chromium; {@code -Dqat4j.pictures=FOLDER} leaves pictures to look at.
 */
class BrowserTest {
  private static final Web.Address ANY = new Web.Address("127.0.0.1", 0);
  private static final String FITS =
      "document.documentElement.scrollWidth <= document.documentElement.clientWidth";

  @TempDir private static Path folder;
  private static Chromium browser;
  private static Web serve;
  private static Web runs;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(Chromium.installed()).as("Chromium is installed").isPresent();
    IntegerModel model = TwoWords.named("words");
    Server server = Task.server(model, new Server.Wish(2, 1));
    Server floats =
        new Server() {
          @Override
          public Sample encode(String text) {
            return server.encode(text);
          }

          @Override
          public Answer answer(String text) {
            return new Answer(
                "", Map.of("classes", List.of(Map.of("label", "animal", "probability", 0.875))));
          }
        };
    serve = new ModelService(model, server, floats, new ServeLimits(1000, 3, 100, 2)).start(ANY);
    Path all = Files.createDirectory(folder.resolve("runs"));
    for (String name : List.of("a", "b")) {
      Path run = Files.createDirectory(all.resolve(name));
      Files.writeString(
          run.resolve("run.json"),
          "{\"state\": \"finished\", \"started\": \"2026-01-01T00:00:00Z\"}");
      Files.writeString(
          run.resolve("report.json"),
          RunsServiceTest.REPORT.formatted(
              name, name.equals("a") ? 0.85 : 0.8, name, name.equals("a") ? 8 : 3));
      Files.writeString(run.resolve("report.html"), "report of " + name);
    }
    StringBuilder curve = new StringBuilder();
    for (int step = 1; step <= 50; step++) {
      curve.append("{\"seed\": 1, \"stage\": \"float\", \"step\": " + step + ", \"loss\": ");
      curve.append(1.0 / step).append("}\n");
    }
    Files.writeString(all.resolve("a/metrics.jsonl"), curve);
    runs = new RunsService(all).start(ANY);
    browser = new Chromium(Chromium.installed().get(), folder.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable open : new AutoCloseable[] {browser, serve, runs}) {
      try {
        if (open != null) {
          open.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static String text(String selector) throws Exception {
    return browser
        .evaluate("document.querySelector('" + selector + "').innerText.replace(/\\s+/g, ' ')")
        .asText();
  }

  private static void picture(String name) throws IOException, InterruptedException {
    String to = System.getProperty("qat4j.pictures");
    if (to != null) {
      browser.picture(Path.of(to, name + ".png"));
    }
  }

  @Test
  void aTextIsTypedAndAnswered() throws Exception {
    for (int width : new int[] {1000, 360}) {
      browser.size(width, 800);
      browser.open(serve.url(), "document.title === 'words · qat4j'");
      assertThat(browser.evaluate("document.activeElement.id").asText()).isEqualTo("text");
      browser.type("a Cat <b>");
      browser.press("Enter", true);
      browser.await("!document.getElementById('result').hidden");
      assertThat(text("#result"))
          .containsPattern("animal \\d+\\.\\d % \\(float 87\\.5 %\\)")
          .containsPattern("other \\d+\\.\\d %")
          .contains("Read by ids, 3 of 6 steps ? cat ?")
          .containsPattern("[\\d,]+ µs in integers, here");
      assertThat(browser.evaluate(FITS).asBoolean()).as("%d pixels", width).isTrue();
      picture("serve-" + width);
    }
    browser.press("Tab", false);
    assertThat(browser.evaluate("document.activeElement.id").asText()).isEqualTo("ask");
  }

  @Test
  void aLinkBringsItsText() throws Exception {
    browser.size(1000, 800);
    browser.open(serve.url() + "#x%20cat", "!document.getElementById('result').hidden");
    assertThat(text("#result")).contains("2 of 6 steps ? cat");
  }

  private static final String NAMES =
      "[...document.querySelectorAll('#rows th button')].map(b => b.textContent).join()";

  @Test
  void runsAreSortedFilteredAndCompared() throws Exception {
    browser.size(1200, 900);
    browser.open(runs.url() + "#order=score%20up", NAMES + " === 'b,a'");
    assertThat(text("#runs thead tr")).contains("Result ▴");
    browser.evaluate("document.getElementById('filter').focus()");
    browser.type("<b>a");
    browser.await(NAMES + " === 'a'");
    assertThat(text("#count")).startsWith("1 of 2 runs");
    assertThat(browser.evaluate("location.hash").asText()).contains("filter=", "order=score");
    picture("ui-filter");
  }

  @Test
  void theKeyboardReachesAll() throws Exception {
    browser.size(1200, 900);
    browser.open(runs.url(), NAMES + ".length === 3");
    browser.evaluate("document.getElementById('filter').focus()");
    for (int i = 0; i < 7; i++) { // six columns, then the first row's box
      browser.press("Tab", false);
    }
    assertThat(browser.evaluate("document.activeElement.type").asText()).isEqualTo("checkbox");
    browser.press("Space", false);
    browser.press("Tab", false);
    browser.press("Enter", false);
    browser.await("!document.getElementById('curves').hidden");
    assertThat(browser.evaluate("location.hash").asText()).contains("run=", "with=");
  }

  @Test
  void curvesAndRunsSideBySide() throws Exception {
    for (int width : new int[] {1200, 360}) {
      browser.size(width, 1600);
      browser.open(
          runs.url() + "#run=a&with=a&with=b",
          "!document.getElementById('compare').hidden"
              + " && document.querySelectorAll('#curves svg').length > 0");
      assertThat(text("#compare"))
          .contains("85.00 %", "80.00 %", "quantize.bits", "21.5")
          .contains("[70.00, 90.00]");
      assertThat(browser.evaluate("document.querySelectorAll('b').length").asInt())
          .as("names are no markup")
          .isZero();
      assertThat(browser.evaluate(FITS).asBoolean()).as("%d pixels", width).isTrue();
      assertThat(
              browser
                  .evaluate(
                      "[...document.querySelectorAll('.scroll')]"
                          + ".every(s => s.scrollWidth <= s.clientWidth)")
                  .asBoolean())
          .as("two runs fit on %d pixels", width)
          .isTrue();
      assertThat(browser.evaluate("document.querySelector('svg.chart').clientWidth").asInt())
          .isBetween(200, 560);
      picture("ui-" + width);
    }
  }
}
