package org.qat4j.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/reliability.md names tests that there are, counts its cases, and leaves no case open. */
class ReliabilityPageTest {
  private static final Path PAGE = Path.of("../docs/reliability.md");
  private static final Pattern NAMED = Pattern.compile("([A-Z]\\w*Test)(?:\\.(\\w+))?");

  private static List<String[]> cases() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| case |"))
        .map(line -> line.substring(2, line.length() - 2).split(" \\| ", -1))
        .toList();
  }

  private static Map<String, String> tests() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("qat-core", "qat-layers", "qat-experiments", "qat-examples")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> tests = tests();
    for (String[] row : cases()) {
      assertThat(row).as(row[0]).hasSize(3);
      Matcher named = NAMED.matcher(row[2]);
      boolean any = false;
      while (named.find()) {
        any = true;
        assertThat(tests).as(row[0]).containsKey(named.group(1));
        if (named.group(2) != null) {
          assertThat(tests.get(named.group(1)))
              .as(row[0] + ": " + named.group())
              .containsPattern("(void|ArchRule) " + named.group(2) + "\\b");
        }
      }
      if (!any) {
        assertThat(row[2]).as(row[0]).isIn("by hand", "by reading", "the build");
      }
    }
  }

  @Test
  void thePageCountsItsCases() throws IOException {
    assertThat(Files.readString(PAGE)).contains(": " + cases().size() + " cases.");
  }
}
