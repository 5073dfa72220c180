package org.qat4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.runtime.Predictor;

/** Every program runs, says what it promises, is short, and is named in the README. */
class ExamplesTest {
  private static final Path SOURCES = Path.of("src/main/java/org/qat4j/examples");

  @TempDir private Path folder;

  private interface Program {
    void run(String[] args) throws IOException;
  }

  private static List<String> lines(Program program, Object... args) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      program.run(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Lines of the parts that Spark writes. */
  private static List<String> linesOfAll(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path part : files.filter(f -> f.getFileName().toString().startsWith("part")).toList()) {
        lines.addAll(Files.readAllLines(part));
      }
    }
    return lines;
  }

  private static double number(List<String> lines, String name) {
    String line = lines.stream().filter(l -> l.startsWith(name + " ")).findFirst().orElseThrow();
    return Double.parseDouble(line.substring(name.length() + 1));
  }

  private static void assertAccurate(List<String> lines) {
    assertThat(number(lines, "accuracy")).isGreaterThan(0.9);
  }

  @Test
  void aNetworkIsQuantizedAndItsModelRun() throws IOException {
    Path model = folder.resolve("model.qat");
    assertAccurate(lines(QuantizeYourNetwork::main, model));
    assertThat(lines(RunIntegers::main, model, 0.9, 0.1, 0.5, 0.5, 0.5, 0.5))
        .singleElement()
        .asString()
        .startsWith("class 1 ");
    assertThat(lines(RunIntegers::main, model, 0.1, 0.9, 0.5, 0.5, 0.5, 0.5))
        .singleElement()
        .asString()
        .startsWith("class 0 ");
  }

  @Test
  void anObserverOfOnesOwn() throws IOException {
    assertAccurate(lines(OwnObserverExample::main));
  }

  @Test
  void aLayerOfOnesOwn() throws IOException {
    List<String> lines = lines(OwnLayerExample::main);
    assertAccurate(lines);
    assertThat(number(lines, "operations")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aModelIsPublished() throws IOException {
    assertAccurate(lines(TrainAndPublish::main, folder));
    assertThat(folder.resolve("model.qat")).isNotEmptyFile();
    assertThat(folder.resolve("model.onnx")).isNotEmptyFile();
  }

  @Test
  void onnx() throws IOException {
    Path file = folder.resolve("model.onnx");
    assertThat(lines(ExportOnnx::main, file)).containsExactly("the same codes on 256 inputs");
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void pruning() throws IOException {
    List<String> lines = lines(PruneNetwork::main);
    assertAccurate(lines);
    assertThat(number(lines, "zeros")).isBetween(0.49, 0.51);
  }

  @Test
  void distillation() throws IOException {
    assertAccurate(lines(DistillNetwork::main));
  }

  @Test
  void theNetworkOfTheArticle() throws IOException {
    assertAccurate(lines(ArticleNetwork::main));
  }

  @Test
  void textsOfOnesOwnAreLearnedServedAndSearched() throws IOException {
    String model = lines(OwnTexts::main, folder).get(0);
    assertThat(lines(ServeTexts::main, model, "a small coffee please", "the usual pizza now"))
        .containsExactly("drink a small coffee please", "meal the usual pizza now");
    Path rows = Files.writeString(folder.resolve("new.tsv"), "1\tthe usual pizza now\n");
    Path scored = folder.resolve("scored");
    lines(ScoreOnSpark::main, model, rows, 1, scored);
    assertThat(linesOfAll(scored)).containsExactly("meal\t1\tthe usual pizza now");
    Path run = Path.of(lines(SearchOnSpark::main, folder, folder.resolve("rows.tsv")).get(0));
    // A line about the search, then one for each trial.
    assertThat(Files.readAllLines(run.resolve("trials.jsonl"))).hasSize(17);
  }

  @Test
  void vectorsForLangchain() throws IOException {
    Path model = folder.resolve("vectors.qat");
    TinyVectors.write(model, "cats", "dogs", "sleep", "bark", "now");
    List<String> lines =
        lines(EmbedForLangchain::main, model, "cats sleep", "sleep cats", "dogs bark now");
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).isEqualTo("1.000 sleep cats");
    assertThat(lines.get(1)).matches("-?0\\.\\d{3} dogs bark now");
    EmbedForLangchain vectors = new EmbedForLangchain(model);
    assertThat(vectors.dimension()).isEqualTo(TinyVectors.CHANNELS);
    assertThat(vectors.embed("cats").content().vector())
        .isEqualTo(Predictor.load(model).embed("cats"));
  }

  @Test
  void eachIsShortAndInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        List<String> code =
            Files.readAllLines(file).stream()
                .filter(l -> !l.isBlank() && !l.startsWith("import ") && !l.startsWith("package "))
                .toList();
        assertThat(code).as(file.toString()).hasSizeLessThanOrEqualTo(60);
        if (code.stream().anyMatch(l -> l.contains(" void main("))) {
          assertThat(readme).contains("`" + file.getFileName().toString().replace(".java", "`"));
        }
      }
    }
  }
}
