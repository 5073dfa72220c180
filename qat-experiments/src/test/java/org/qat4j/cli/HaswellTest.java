package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole run on an x86 processor without VNNI, which QEMU plays (Debian: qemu-user or
 * qemu-user-static); skipped where there is none.
 */
@Tag("slow")
class HaswellTest {
  @TempDir private Path folder;

  @Test
  void aRunIsVerifiedAndTheFormForVnniIsRefused() throws IOException, InterruptedException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append("warm\tthe sun ").append(Integer.toString(i * 977, 36)).append(" shines\n");
      rows.append("cold\tsnow falls ").append(Integer.toString(i * 787, 36)).append('\n');
    }
    Path data = Files.writeString(folder.resolve("weather.tsv"), rows);
    Path file =
        Files.writeString(
            folder.resolve("weather.yaml"),
            """
            schemaVersion: 1
            name: weather
            data: {kind: table, train: "%s"}
            model: {kind: char-ngram-cnn, length: 24, dimension: 8, filters: 16, buckets: 500}
            train: {epochs: 1, batch: 16}
            verify: {inputs: 20}
            quantize: {qat: {epochs: 1}}
            """
                .formatted(data.toString().replace('\\', '/')));
    Path run = folder.resolve("run");
    assertThat(haswell(0, "run", file, "--out", run, "--quiet"))
        .contains("0 between Java and ONNX Runtime, 0 between network and");
    assertThat(haswell(0, "verify", run, "--quiet")).contains("0 codes differ");
    Path onnx = folder.resolve("fast.onnx");
    assertThat(haswell(1, "export", run, "--onnx", onnx, "--vnni")).contains("saturate");
    assertThat(onnx).doesNotExist();
  }

  /** Output of a command that ends with that exit code. */
  private String haswell(int exit, Object... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(qemu(), "-cpu", "Haswell"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    Stream.of(args).map(Object::toString).forEach(command::add);
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = process.waitFor();
    String text = Files.readString(output);
    assertThat(code).as(text).isEqualTo(exit);
    return text;
  }

  private static String qemu() {
    String found =
        Pattern.compile(Pattern.quote(File.pathSeparator))
            .splitAsStream(System.getenv().getOrDefault("PATH", ""))
            .flatMap(
                path -> Stream.of("qemu-x86_64-static", "qemu-x86_64").map(Path.of(path)::resolve))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    assumeThat(found).as("QEMU of user mode (qemu-x86_64) on the PATH").isNotEmpty();
    return found;
  }
}
