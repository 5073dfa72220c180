package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qat4j.experiment.ExperimentReader;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What stands on the pages is there: links, commands, and keys of experiments. */
class PagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("!?\\[[^\\]\\n]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern BLOCK =
      Pattern.compile("^```[^\\n]*\\n.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("^\\s*(?:\\$ )?\\./qat ([^#<>|;&]*)");

  private static final Pattern TESTED =
      Pattern.compile("<!-- tested: (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    pages.add(ROOT.resolve("README.md"));
    pages.add(ROOT.resolve("SECURITY.md"));
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksGoSomewhere(Path page) throws IOException {
    String text = BLOCK.matcher(Files.readString(page)).replaceAll("");
    Matcher link = LINK.matcher(text);
    while (link.find()) {
      String to = link.group(1);
      if (to.contains("://")) {
        continue;
      }
      int anchor = to.indexOf('#');
      Path file =
          anchor == 0
              ? page
              : page.resolveSibling(anchor < 0 ? to : to.substring(0, anchor)).normalize();
      assertThat(file).as(page + ": " + to).exists();
      if (anchor >= 0) {
        assertThat(anchors(file)).as(page + ": " + to).contains(to.substring(anchor + 1));
      }
    }
  }

  /** As GitHub makes them from headings. */
  private static List<String> anchors(Path page) throws IOException {
    return BLOCK
        .matcher(Files.readString(page))
        .replaceAll("")
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(
            line ->
                line.replaceFirst("^#+ ", "")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsAreUnderstood(Path page) throws IOException {
    assumeThat(page.getFileName().toString()).as("wrong on purpose").isNotEqualTo("mistakes.md");
    String text = Files.readString(page).replaceAll("\\\\\\n\\s*", " ");
    for (String row : text.lines().toList()) {
      Matcher command = COMMAND.matcher(row);
      if (command.find()) {
        CommandLine line = Main.commandLine();
        try {
          line.parseArgs(words(command.group(1)));
        } catch (ParameterException e) {
          throw new AssertionError(page + ": " + row + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private static String[] words(String command) {
    return Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)")
        .matcher(command.strip())
        .results()
        .map(r -> r.group(1) != null ? r.group(1) : r.group(2) != null ? r.group(2) : r.group(3))
        .toArray(String[]::new);
  }

  /** Every Java example stands, line by line, in the test or program that it names. */
  @Test
  void examplesAreInTheirTests() throws IOException {
    int examples = 0;
    for (Path page : pages()) {
      Matcher example = TESTED.matcher(Files.readString(page));
      while (example.find()) {
        String source = Files.readString(source(example.group(1).replace('.', '/') + ".java"));
        assertThat(example.group(2).lines())
            .allSatisfy(l -> assertThat(source.lines().map(String::strip)).contains(l.strip()));
        examples++;
      }
    }
    assertThat(examples).isGreaterThanOrEqualTo(4);
  }

  private static Path source(String path) {
    return Stream.of("qat-core", "qat-layers", "qat-experiments", "qat-examples")
        .flatMap(module -> Stream.of("test", "main").map(kind -> module + "/src/" + kind + "/java"))
        .map(folder -> ROOT.resolve(folder).resolve(path))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + path));
  }

  /** The settings of the guide are keys of an experiment. */
  @Test
  void theGuideNamesKeysThatThereAre() throws IOException {
    int settings = 0;
    for (Path page : pages()) {
      if (!page.toString().contains("guide")) {
        continue;
      }
      Matcher yaml = YAML.matcher(Files.readString(page));
      while (yaml.find()) {
        Path file =
            Files.writeString(
                folder.resolve("x.yaml"),
                "schemaVersion: 1\nname: x\ndata: {kind: table, train: x.tsv}\n" + yaml.group(1));
        assertThat(ExperimentReader.read(file, List.of())).as(page.toString()).isNotNull();
        settings++;
      }
    }
    assertThat(settings).isGreaterThanOrEqualTo(3);
  }
}
