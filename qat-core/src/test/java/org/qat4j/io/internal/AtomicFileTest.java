package org.qat4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;

class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void replacesAFileAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, new byte[] {1, 2});
    AtomicFile.write(file, new byte[] {3});
    assertThat(file).hasBinaryContent(new byte[] {3});
    assertNothingBut(file);
  }

  /** A folder is in the place of the file: the move fails. */
  @Test
  void whatCannotBePutInPlaceIsSaidAndRemoved() throws IOException {
    Path file = Files.createDirectories(folder.resolve("taken"));
    Files.createFile(file.resolve("content"));
    assertThatThrownBy(() -> AtomicFile.write(file, new byte[] {1}))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("cannot write " + file);
    assertNothingBut(file);
  }

  @Test
  void aFolderThatVanishedIsSaid() {
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("gone/a.txt"), new byte[] {1}))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("there is no directory " + folder.resolve("gone"));
  }

  @Test
  void knowsItsUnfinishedFiles() {
    assertThat(AtomicFile.isUnfinished(Path.of("model.qat"))).isFalse();
    assertThat(AtomicFile.isUnfinished(Path.of(".notes.tmp"))).isFalse();
    assertThat(
            AtomicFile.isUnfinished(Path.of(".model.qat.0b2bb4e0-1d2f-4c49-8d7e-0a4f0c6d2a11.tmp")))
        .isTrue();
  }

  private void assertNothingBut(Path file) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
