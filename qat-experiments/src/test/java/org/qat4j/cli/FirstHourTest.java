package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;

/** Mistakes of the first hour, each with what is said. */
class FirstHourTest {
  private static final String SMALL =
      "schemaVersion: 1\nname: x\ndata: {kind: table, train: none.tsv}\n";

  @TempDir private Path folder;

  private Path experiment() throws IOException {
    return Files.writeString(folder.resolve("x.yaml"), SMALL);
  }

  @Test
  void validateNamesDataThatAreNotThere() throws IOException {
    Called called = qat("validate", experiment());

    assertThat(called.out())
        .contains("x.yaml: ok")
        .contains("but its data are not there: data.train: there is no none.tsv");
  }

  @Test
  void aKeyOfAModelThatIsNotThereSaysWhatToWrite() throws IOException {
    Called called = qat("validate", experiment(), "--set", "model.length=30");

    assertThat(called.exit()).isNotZero();
    assertThat(called.err())
        .contains("model.kind is missing")
        .contains("The file has no section model")
        .contains("add --set model.kind=KIND");
  }

  @Test
  void aRunOfSeveralSeedsNamesThem() throws IOException {
    for (String seed : List.of("seed-1", "seed-2")) {
      Files.createDirectories(folder.resolve(seed));
      Files.writeString(folder.resolve(seed).resolve("model.qat"), "");
    }
    Called called = qat("predict", folder, "text");

    assertThat(called.exit()).isNotZero();
    assertThat(called.err())
        .contains("a model of each of its 2 seeds; give one of them")
        .contains(folder.resolve("seed-1").toString());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theLastRunHasALink() throws IOException {
    for (String run : List.of("a-1", "a-2")) {
      LatestRun.point(folder, Files.createDirectory(folder.resolve(run)));
    }
    assertThat(folder.resolve("latest").toRealPath()).isEqualTo(folder.resolve("a-2").toRealPath());

    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("latest"), "of somebody else");
    LatestRun.point(other, Files.createDirectory(other.resolve("a-1")));
    assertThat(other.resolve("latest")).hasContent("of somebody else");
  }

  @Test
  void dataWithAPartOfTheLabelsKeepTheirClasses() {
    List<Example> rows = List.of(new Example("x", 0), new Example("y", 1));
    Dataset more =
        new Dataset(rows, rows, rows, List.of("a", "c")).relabelled(List.of("a", "b", "c"));

    assertThat(more.labels()).containsExactly("a", "b", "c");
    assertThat(more.test()).containsExactly(new Example("x", 0), new Example("y", 2));
  }
}
