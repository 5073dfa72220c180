package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.format.ModelFile;
import org.qat4j.http.Client;
import org.qat4j.http.TwoWords;
import org.qat4j.io.internal.AtomicFile;

/**
 * The command as a process, which is asked what docs/serving.md asks, and told to end. With {@code
 * -Dqat4j.generate} the page gets the answers.
 */
class ServeTest {
  private static final Path PAGE = Path.of("../docs/serving.md");
  private static final Pattern ASKED =
      Pattern.compile(
          "\\$ curl -s (?:-H '(?<header>[^']*)' -d '(?<body>[^']*)'"
              + " )?http://127\\.0\\.0\\.1:8080/(?<path>\\S*)\n"
              + "(?<answer>.*)");
  private static final Pattern MICROS = Pattern.compile("\"micros\":[0-9.Ee-]+");
  private static final Pattern VERSION = Pattern.compile("\"version\":\"[^\"]*\"");
  private static final boolean GENERATE = System.getProperty("qat4j.generate") != null;
  private static final int TERMINATED = 143;

  @TempDir private Path folder;

  @Test
  void whatThePageShowsIsWhatIsAnswered() throws Exception {
    Path model = folder.resolve("model.qat");
    ModelFile.write(TwoWords.named("words"), model);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                model.toString(),
                "--port",
                "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      Matcher told =
          Pattern.compile("serving words on (http://127\\.0\\.0\\.1:\\d+/) .*").matcher(line);
      assertThat(told.matches()).as(line).isTrue();
      ask(told.group(1));
      process.destroy();
      int exit = process.waitFor();
      if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
        assertThat(exit).isEqualTo(TERMINATED);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static void ask(String url) throws IOException, InterruptedException {
    Client client = new Client(url);
    String page = Files.readString(PAGE);
    StringBuilder anew = new StringBuilder();
    Matcher asked = ASKED.matcher(page);
    List<String> paths = new ArrayList<>();
    while (asked.find()) {
      String path = asked.group("path");
      Client.Answer answer =
          asked.group("body") == null ? client.get(path) : client.post(asked.group("body"));
      if (GENERATE) {
        asked.appendReplacement(
            anew,
            Matcher.quoteReplacement(asked.group().replace(asked.group("answer"), answer.body())));
      } else {
        assertThat(timeless(answer.body())).isEqualTo(timeless(asked.group("answer")));
      }
      paths.add(path);
    }
    if (GENERATE) {
      AtomicFile.write(PAGE, asked.appendTail(anew).toString().getBytes(StandardCharsets.UTF_8));
    }
    assertThat(paths).contains("v1/predict", "readyz", "v1/model").hasSizeGreaterThan(5);
  }

  private static String timeless(String json) {
    return VERSION.matcher(MICROS.matcher(json).replaceAll("")).replaceAll("");
  }

  @Test
  void whatCannotBeServedIsExplained() {
    Path model = folder.resolve("model.qat");
    ModelFile.write(TwoWords.named("words"), model);
    assertRefused("--top is at least 1, not 0", model, "--top", "0");
    assertRefused("--beam is at least 1, not 0", model, "--beam", "0");
    assertRefused("--max-texts is at least 1, not -1", model, "--max-texts", "-1");
    assertRefused("--port is 0 to 65535, not 65536", model, "--port", "65536");
    assertRefused("there is no file", folder.resolve("nothing.qat"));
    assertThat(qat("serve", model, "--port", "eighty").exit()).isEqualTo(Exit.USAGE);
  }

  private static void assertRefused(String reason, Path model, String... options) {
    List<Object> words = new ArrayList<>(List.of("serve", model));
    words.addAll(List.of(options));
    Called called = qat(words.toArray());
    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err()).contains(reason);
  }
}
