package org.qat4j.task.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.data.Parts;
import org.qat4j.data.SharedData;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec.Malformed;

class ParallelReaderTest {
  @TempDir Path dir;

  private Source source(String en, String de, Malformed malformed) throws IOException {
    Files.writeString(dir.resolve("train.en"), en);
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(dir.resolve("train.de.gz")))) {
      out.write(de.getBytes(StandardCharsets.UTF_8));
    }
    Path base = dir.resolve("train");
    return new Source(base, null, base, 0, 0, malformed);
  }

  @Test
  void pairsLines() throws IOException {
    Parts<TextPair> parts =
        ParallelReader.read(
            source("One.\r\n\r\n Two.\n", "Eins.\n\nZw\u00f6i. \n", Malformed.STOP), "en", "de");
    assertThat(parts.train())
        .containsExactly(new TextPair("One.", "Eins."), new TextPair("Two.", "Zw\u00f6i."));
    assertThat(parts.test()).isEqualTo(parts.train());
    assertThat(parts.sha256(pair -> List.of(pair.source(), pair.target()))).hasSize(64);
  }

  @Test
  void unequalFilesAndEmptyCounterpartsAreRefused() throws IOException {
    Source longer = source("One.\nTwo.\n", "Eins.\n", Malformed.SKIP);
    assertThatThrownBy(() -> ParallelReader.read(longer, "en", "de"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("train.en has 2 lines")
        .hasMessageContaining("train.de.gz 1;");

    Source empty = source("One.\nTwo.\n", "Eins.\n\n", Malformed.STOP);
    assertThatThrownBy(() -> ParallelReader.read(empty, "en", "de"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("train.de.gz, line 2: the line is empty");
    assertThatThrownBy(() -> ParallelReader.read(empty, "en", "fr"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("train.fr");

    Parts<TextPair> parts =
        ParallelReader.read(source("One.\nTwo.\n", "Eins.\n\n", Malformed.SKIP), "en", "de");
    assertThat(parts.train()).hasSize(1);
    assertThat(parts.skipped().rows()).isEqualTo(2); // train and test are one file
  }

  @Test
  void realPairs() {
    Path folder = SharedData.file("multi30k-en-de");
    Parts<TextPair> parts =
        ParallelReader.read(
            Source.of(
                folder.resolve("train"), folder.resolve("val"), folder.resolve("test_2016_flickr")),
            "en",
            "de");
    assertThat(parts.train()).hasSize(29_000);
    assertThat(parts.validation()).hasSize(1_014);
    assertThat(parts.test()).hasSize(1_000);
  }
}
