package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes of the first hour, made one after the other; docs/mistakes.md is what is said. To make
 * the page anew: {@code mvn test -pl qat-experiments -am -Dtest=MistakesPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate}
 */
class MistakesPageTest {
  private static final Path PAGE = Path.of("../docs/mistakes.md");
  private static final String HEAD =
      """
      # Mistakes of the first hour

      Each was made, and this is what was said; nothing had been trained by then. Made by `MistakesPageTest`, which fails
      where a message changes. Exit codes: 0 done, 1 bad input, 2 a wrong command line.
      """;

  private static final String SMALL = "model: {kind: word-cnn, length: 8, filters: 4}\n";

  /** Long enough for a network of the data. */
  private static final int ROWS = 240;

  @TempDir private Path folder;
  private final StringBuilder page = new StringBuilder(HEAD);
  private int mistakes;

  @Test
  void thePageIsWhatIsSaid() throws IOException {
    files();
    rows();
    commands();
    assertThat(mistakes).isGreaterThanOrEqualTo(20);
    assertThat(page.toString()).doesNotContain("Exception", "\tat ");
    if (System.getProperty("qat4j.generate") != null) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).hasContent(page.toString());
  }

  private void files() throws IOException {
    Files.writeString(folder.resolve("good.tsv"), good(ROWS));
    experiment("x.yaml", "train: FOLDER/nowhere.tsv");
    mistake("A data file that is not there", "validate x.yaml");
    experiment("x.yaml", "trian: rows.tsv");
    mistake("A key that is misspelt", "validate x.yaml");
    experiment("x.yaml", "train: FOLDER/good.tsv", "quantize: {weights: {bits: eight}}");
    mistake("A word for a number", "validate x.yaml");
    experiment("x.yaml", "train: FOLDER/good.tsv", "quantize: {weights: {bits: 16}}");
    mistake("A number that cannot be", "validate x.yaml");
    mistake("An experiment file that is not there", "run y.yaml");
    mistake("The data in the place of the experiment", "run good.tsv");
    experiment("x.yaml", "train: FOLDER/good.tsv");
    mistake(
        "A key of a network that the file does not name", "validate x.yaml --set model.length=30");
    experiment(
        "x.yaml",
        "train: FOLDER/good.tsv",
        "model: {kind: word-cnn}\nquantize: {overrides: [{layer: dense, weights: {bits: 4}}]}");
    mistake("A layer that the network does not have", "validate x.yaml");
  }

  private void rows() throws IOException {
    data("A header that is taken for a row", "label\ttext\n" + good(ROWS));
    StringBuilder swapped = new StringBuilder();
    good(ROWS).lines().forEach(l -> swapped.append(l.replaceFirst("(.*)\t(.*)", "$2\t$1\n")));
    data("Columns that are swapped", swapped.toString());
    data("Commas where tabs are expected", good(ROWS).replace('\t', ','));
    data("Labels that differ by case or by a no-break space", good(ROWS) + odd());
    data("A text under two labels", good(ROWS) + "cold\tthe sun on day 0\n");
    data("The same texts over and over", good(ROWS) + good(60));
    Files.writeString(
        folder.resolve("test.tsv"), "warm\tthe sun on day 0\ncold\tnew snow at dawn\n");
    experiment("x.yaml", "train: FOLDER/good.tsv, test: FOLDER/test.tsv", SMALL);
    mistake("Test rows that are training rows", "validate --network x.yaml");
    Files.writeString(folder.resolve("test.tsv"), "hot\tfire at noon\n");
    experiment("x.yaml", "train: FOLDER/good.tsv, test: FOLDER/test.tsv", SMALL);
    mistake("A class that only the test rows have", "validate --network x.yaml");
    Files.write(folder.resolve("utf16.tsv"), good(ROWS).getBytes(StandardCharsets.UTF_16));
    experiment("x.yaml", "train: FOLDER/utf16.tsv");
    mistake("A file in UTF-16", "validate --network x.yaml");
    data("Three rows", good(3));
    data("Twenty rows", good(20));
    Files.writeString(folder.resolve("rows.tsv"), good(ROWS));
    experiment("x.yaml", "train: FOLDER/rows.tsv, validationShare: 0");
    mistake("No validation rows", "validate --network x.yaml");
    data("Texts without any word", good(ROWS) + "warm\t?!\ncold\t...\n");
    StringBuilder one = new StringBuilder();
    good(ROWS).lines().forEach(l -> one.append("warm\t").append(l.split("\t", -1)[1]).append('\n'));
    data("One class", one.toString());
    data("A text longer than what the network reads", good(ROWS) + "warm\ta b c d e f g h i j k\n");
    data("A NUL in a row", good(ROWS) + "warm\tthe sun \0 again\n");
    experiment("x.yaml", "train: FOLDER/good.tsv", "model: {kind: word-cnn, length: 100000}");
    mistake("A length that no text has", "validate --network x.yaml");
    experiment("x.yaml", "train: FOLDER/good.tsv", SMALL + "train: {batch: 4096}");
    mistake("A batch that is larger than the data", "validate --network x.yaml");
    StringBuilder sentences = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      sentences.append("Day CD O\n").append(i).append(" CD O\n\nAnn NNP B-PER\nslept VBD O\n\n");
    }
    Files.writeString(folder.resolve("x.conll"), sentences);
    Files.writeString(
        folder.resolve("x.yaml"),
        "schemaVersion: 1\nname: x\ndata: {kind: tagged, train: "
            + folder
            + "/x.conll}\nmodel: {kind: conv-tagger}\n");
    mistake("A column of a token that is not read", "validate --network x.yaml");
  }

  private void commands() throws IOException {
    experiment("x.yaml", "train: FOLDER/nowhere.tsv");
    mistake("A run without its data", "run x.yaml --out out");
    mistake("The same again: nothing asks for --overwrite", "run x.yaml --out out");
    mistake("A command that is misspelt", "pedict out text");
    mistake("An option that there is not", "run x.yaml --epochs 3");
    mistake("A model that is not there", "predict out text");
    for (String seed : List.of("seed-1", "seed-2")) {
      Files.createDirectories(folder.resolve("several").resolve(seed));
      Files.writeString(folder.resolve("several").resolve(seed).resolve("model.qat"), "");
    }
    mistake("A run of several seeds, where one model is wanted", "predict several text");
    mistake("A table in the place of a model", "predict good.tsv text");
    mistake("A file that would be overwritten", "init x.yaml --train good.tsv --no-ask");
    mistake("A key that one half remembers", "explain lerningRate");
    mistake("A data set by another name", "data fetch 20news");
  }

  private static String good(int rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i % 2 == 0 ? "warm\tthe sun on day " : "cold\tsnow at night ")
          .append(i)
          .append('\n');
    }
    return text.toString();
  }

  private static String odd() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append(i % 2 == 0 ? "Warm\tmild air at " : "c\u00a0old\tfrost of ")
          .append(i)
          .append('\n');
      rows.append("c old\tice of ").append(i).append('\n');
    }
    return rows.toString();
  }

  private void data(String title, String rows) throws IOException {
    Files.writeString(folder.resolve("rows.tsv"), rows);
    experiment("x.yaml", "train: FOLDER/rows.tsv", SMALL);
    mistake(title, "validate --network x.yaml");
  }

  private void experiment(String name, String data, String... more) throws IOException {
    String text =
        "schemaVersion: 1\nname: x\ndata: {kind: table, "
            + data
            + "}\n"
            + String.join("\n", more)
            + "\n";
    Files.writeString(folder.resolve(name), text.replace("FOLDER", folder.toString()));
  }

  /** Makes it, and writes down the command, what is said, and the exit code. */
  private void mistake(String title, String command) {
    List<Object> words = new ArrayList<>();
    for (String word : command.split(" ", -1)) {
      boolean path = word.matches(".*\\.(yaml|tsv)|out|several");
      words.add(path ? folder.resolve(word) : word);
    }
    Called called = qat(words.toArray());
    String said =
        (called.out() + called.err())
            .replace(folder.toString() + "/", "")
            .replace(folder.toString(), ".")
            .lines()
            .filter(line -> !line.isBlank())
            .takeWhile(line -> !line.startsWith("layer ") && !line.startsWith("Usage:"))
            .reduce("", (a, b) -> a + b.stripTrailing() + "\n");
    assertThat(said).as(command).isNotBlank();
    mistakes++;
    page.append("\n## ").append(title).append("\n\n```console\n$ ./qat ").append(command);
    page.append('\n').append(said).append("[exit code ").append(called.exit()).append("]\n```\n");
  }
}
