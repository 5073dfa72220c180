package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;

/** Files that ./qat init writes are read and, but for time, run as they are. */
class InitTest {
  @TempDir private Path folder;
  private Path table;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("my file.yaml");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append("warm\tthe sun number ").append(i).append(" shines\n");
      rows.append("cold\tsnow falls on day ").append(i).append('\n');
    }
    table = Files.writeString(folder.resolve("a ${b} \"c\".tsv"), rows);
  }

  private Experiment read() {
    return ExperimentReader.read(file, List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "4", "2"})
  void classesOfATableRun(String bits) {
    Called init = qat("init", file, "--train", table, "--bits", bits, "--no-ask");
    assertThat(init.exit()).as(init.err()).isZero();
    assertThat(init.out()).contains("./qat run " + file);
    assertThat(read().name()).isEqualTo("my-file");
    assertThat(read().quantize().weights().bits()).isEqualTo(Integer.parseInt(bits));

    Path run = folder.resolve("run");
    Called called =
        qat(
            "run",
            file,
            "--out",
            run,
            "--quiet",
            "--set",
            "train.epochs=1",
            "--set",
            "train.batch=16",
            "--set",
            "quantize.qat.epochs=1",
            "--set",
            "model={kind: word-cnn, length: 8, filters: 4}");
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(qat("predict", run, "the sun shines").exit()).isZero();
  }

  @Test
  void allBitsAreASweep() {
    Called init = qat("init", file, "--train", table, "--bits", "all", "--no-ask");
    assertThat(init.out()).contains("./qat sweep " + file);
    Called validated = qat("validate", file);
    assertThat(validated.exit()).as(validated.err()).isZero();
    assertThat(validated.out()).contains("W8: ok", "W4: ok", "W2: ok").doesNotContain("but its");
  }

  @Test
  void aSizeIsWhatARunHasToReach() {
    qat("init", file, "--train", table, "--bytes", "300 kB", "--no-ask");
    assertThat(read().accept().bytes().bytes()).isEqualTo(300_000);
    assertThat(qat("init", folder.resolve("x"), "--train", table, "--bytes", "3", "--no-ask").err())
        .contains("a size is a number with its unit such as 800 kB, not \"3\"");
  }

  @Test
  void commasAndFolders() throws IOException {
    Path commas = Files.writeString(folder.resolve("rows.csv"), "a,one text\nb,two texts\n");
    qat("init", file, "--train", commas, "--test", commas, "--no-ask");
    DataSpec.Table rows = (DataSpec.Table) read().data();
    assertThat(rows.delimiter()).isEqualTo(",");
    assertThat(rows.rows().test()).isEqualTo(commas.toString());

    file = folder.resolve("folders.yml");
    Path classes = Files.createDirectories(folder.resolve("mails"));
    qat("init", file, "--train", classes, "--no-ask");
    assertThat(((DataSpec.Folders) read().data()).train()).isEqualTo(classes.toString());
    assertThat(read().name()).isEqualTo("folders");
  }

  @Test
  void otherTasks() throws IOException {
    Path tags = folder.resolve("tags.conll");
    StringBuilder sentences = new StringBuilder();
    StringBuilder questions = new StringBuilder();
    StringBuilder numbers = new StringBuilder();
    StringBuilder stories = new StringBuilder();
    StringBuilder roles = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      sentences.append("Ann" + i + " B-PER\nslept O\n\nYork B-LOC\nburns O\n" + i + " O\n\n");
      questions.append("Who saw " + i + "?\tBob saw " + i + ".\t1\n");
      questions.append("Who saw " + i + "?\tIt rained.\t0\n");
      stories.append("1 Ann went to room" + i + ".\n2 Where is Ann?\troom" + i % 4 + "\t1\n");
      roles.append("s" + i + "\t1\tsee.01\tAnn" + i + " sees Bob\tB-ARG0 B-V B-ARG1\n");
      numbers.append("room " + i + " was fine,").append(i % 5).append('\n');
    }
    Files.writeString(tags, sentences);
    Path candidates = Files.writeString(folder.resolve("candidates.tsv"), questions);
    for (String language : List.of("en", "fr")) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 60; i++) {
        lines.append(language).append(" line ").append(i).append(" of many\n");
      }
      Files.writeString(folder.resolve("pairs." + language), lines);
    }

    check("tags", tags, "Tagged");
    check("roles", Files.writeString(folder.resolve("roles.tsv"), roles), "Predicates");
    check("stories", Files.writeString(folder.resolve("stories.txt"), stories), "Stories");
    check("ranking", candidates, "Candidates");
    check("numbers", Files.writeString(folder.resolve("ratings.csv"), numbers), "Numbers");
    check("translation", folder.resolve("pairs"), "Parallel");
  }

  /** Reads the data, builds the network and says what is quantized how. */
  private void check(String task, Path train, String kind) {
    file = folder.resolve(task + ".yaml");
    Called init =
        qat(
            "init",
            file,
            "--task",
            task,
            "--train",
            train,
            "--into",
            "fr",
            "--bits",
            "4",
            "--no-ask");
    assertThat(init.exit()).as(init.err()).isZero();
    assertThat(read().data().getClass().getSimpleName()).isEqualTo(kind);
    Called validated = qat("validate", "--network", file);
    assertThat(validated.exit()).as(validated.out() + validated.err()).isZero();
  }

  @Test
  void asks() {
    InputStream before = System.in;
    String typed = "\n" + table + "\n\n2\n";
    try {
      System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
      Called called = qat("init", file, "--ask");
      assertThat(called.exit()).as(called.err()).isZero();
      assertThat(called.out())
          .contains("classes: a class for each text", "Task [classes]:", "Bits of a weight");
    } finally {
      System.setIn(before);
    }
    DataSpec.Table data = (DataSpec.Table) read().data();
    assertThat(data.rows().train()).isEqualTo(table.toString());
    assertThat(data.rows().test()).isNull();
    assertThat(read().quantize().weights().bits()).isEqualTo(2);
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Files.writeString(file, "mine");
    Called called = qat("init", file, "--train", table, "--no-ask");
    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err()).contains("is there already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void mistakesAreNamedBeforeAnythingIsWritten() {
    assertThat(qat("init", file, "--no-ask").err()).contains("--train PATH");
    assertThat(qat("init", file, "--train", folder.resolve("none.tsv"), "--no-ask").err())
        .contains("--train: there is no file or folder", "none.tsv");
    assertThat(qat("init", file, "--train", table, "--bits", "3", "--no-ask").err())
        .contains("--bits is 3; expected one of 8, 4, 2, all");
    assertThat(
            qat("init", file, "--task", "translation", "--train", folder.resolve("p"), "--no-ask")
                .err())
        .contains("p.en");
    assertThat(qat("init", file, "--task", "sums", "--no-ask").exit()).isEqualTo(2);
    assertThat(file).doesNotExist();
  }
}
