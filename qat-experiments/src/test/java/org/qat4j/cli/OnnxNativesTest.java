package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxNativesTest {
  @TempDir private Path temporary;

  @Test
  void areUnpackedOnceAndMended() throws IOException {
    Path folder = OnnxNatives.unpack(temporary);
    List<Path> files = files(folder);
    assertThat(files)
        .extracting(f -> f.getFileName().toString())
        .containsExactlyInAnyOrder(
            System.mapLibraryName("onnxruntime"), System.mapLibraryName("onnxruntime4j_jni"));
    FileTime old = FileTime.fromMillis(1_000_000);
    for (Path file : files) {
      Files.setLastModifiedTime(file, old);
    }
    long size = Files.size(files.get(0));
    Files.write(files.get(0), new byte[] {1}); // as a full disk leaves it

    assertThat(OnnxNatives.unpack(temporary)).isEqualTo(folder);
    assertThat(files.get(0)).hasSize(size);
    assertThat(Files.getLastModifiedTime(files.get(1))).isEqualTo(old);
  }

  /** A process that uses them leaves an empty folder at the most, however it ends. */
  @Test
  void littleIsLeftBehind() throws IOException, InterruptedException {
    Path kept = OnnxNatives.unpack(temporary.resolve("kept"));
    Path tmp = Files.createDirectory(temporary.resolve("tmp"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + tmp,
                "-D" + OnnxNatives.PROPERTY + "=" + kept,
                "-cp",
                System.getProperty("java.class.path"),
                Halted.class.getName())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isEqualTo(Halted.CODE);
    for (Path left : files(tmp)) {
      assertThat(Files.isDirectory(left) && files(left).isEmpty()).as("%s", left).isTrue();
    }
    Path full = Files.createDirectory(tmp.resolve("onnxruntime-java-full"));
    Files.writeString(full.resolve("library"), "in use, it may be");
    OnnxNatives.sweep(tmp, Instant.now());
    assertThat(files(tmp)).hasSizeGreaterThan(1);
    OnnxNatives.sweep(tmp, Instant.now().plus(Duration.ofHours(1)));
    assertThat(files(tmp)).containsExactly(full);
  }

  /** Uses ONNX Runtime and is gone without an end. */
  static final class Halted {
    static final int CODE = 7;

    private Halted() {}

    public static void main(String[] args) {
      ai.onnxruntime.OrtEnvironment.getEnvironment();
      Runtime.getRuntime().halt(CODE);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
