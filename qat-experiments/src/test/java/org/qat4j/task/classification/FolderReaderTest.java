package org.qat4j.task.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;
import org.qat4j.task.DatasetReader;

class FolderReaderTest {
  @TempDir Path dir;

  private void write(String name, String text, Charset charset) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, charset);
  }

  private void write(String name, String text) throws IOException {
    write(name, text, StandardCharsets.UTF_8);
  }

  private Dataset read(String test, Charset charset, double testShare, Malformed malformed) {
    return DatasetReader.read(
        new DataSpec.Folders(
            dir.resolve("train").toString(),
            test == null ? null : dir.resolve(test).toString(),
            charset.name(),
            0,
            testShare,
            malformed));
  }

  private void twoClasses() throws IOException {
    write("train/pos/2.txt", "\uFEFFgood\r\nbetter\n");
    write("train/pos/10.txt", "fine");
    write("train/neg/1.txt", "b\u00e4d");
    write("train/README", "beside the classes");
    write("train/neg/.hidden", "hidden");
    write("test/neg/1.txt", "worse");
  }

  @Test
  void labelsAreFoldersAndRowsAreSortedByName() throws IOException {
    twoClasses();
    Dataset data = read("test", StandardCharsets.UTF_8, 0, Malformed.STOP);

    assertThat(data.labels()).containsExactly("neg", "pos");
    assertThat(data.train())
        .containsExactly(
            new Example("b\u00e4d", 0), new Example("fine", 1), new Example("good\nbetter", 1));
    assertThat(data.test()).containsExactly(new Example("worse", 0));
  }

  @Test
  void testIsHeldOutWhereThereIsNone() throws IOException {
    for (int i = 0; i < 100; i++) {
      write("train/" + (i % 2 == 0 ? "a/" : "b/") + i, "text " + i);
    }
    Dataset data = read(null, StandardCharsets.UTF_8, 0.3, Malformed.STOP);
    assertThat(data.test().size()).isBetween(15, 45);
    assertThat(data.train().size() + data.test().size()).isEqualTo(100);
  }

  @Test
  void malformedFilesStopOrAreCounted() throws IOException {
    twoClasses();
    write("train/neg/latin", "b\u00e4d", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read("test", StandardCharsets.UTF_8, 0, Malformed.STOP))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(Path.of("neg", "latin") + ": the bytes are not UTF-8");

    write("train/neg/empty", " \n");
    write("train/neg/deep/er", "x");
    Dataset data = read("test", StandardCharsets.UTF_8, 0, Malformed.SKIP);
    assertThat(data.train()).hasSize(3);
    assertThat(data.skipped().rows()).isEqualTo(3);
    assertThat(data.skipped().first().get(0)).contains("a folder inside the folder of a class");
    assertThat(data.skipped().first().get(1)).contains("empty: the text is empty");
  }

  @Test
  void otherCharsets() throws IOException {
    write("train/a/1", "b\u00e4d", StandardCharsets.ISO_8859_1);
    write("train/b/1", "good", StandardCharsets.ISO_8859_1);
    write("test/a/1", "x", StandardCharsets.ISO_8859_1);
    assertThat(read("test", StandardCharsets.ISO_8859_1, 0, Malformed.STOP).train().get(0).text())
        .isEqualTo("b\u00e4d");
  }

  @Test
  void emptyPartsAndAbsentFoldersAreSaid() throws IOException {
    twoClasses();
    Files.createDirectories(dir.resolve("none"));
    assertThatThrownBy(() -> read("none", StandardCharsets.UTF_8, 0, Malformed.STOP))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("none: there is no row for the test");
    assertThatThrownBy(() -> read("absent", StandardCharsets.UTF_8, 0, Malformed.STOP))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("data.test: there is no ");
    write("train2/pos/1", "x");
    assertThatThrownBy(
            () ->
                DatasetReader.read(
                    new DataSpec.Folders(
                        dir.resolve("train2").toString(),
                        dir.resolve("train2").toString(),
                        "UTF-8",
                        0,
                        0,
                        Malformed.STOP)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("every training row has the label \"pos\"");
  }
}
