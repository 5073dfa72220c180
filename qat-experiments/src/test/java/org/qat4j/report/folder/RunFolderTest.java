package org.qat4j.report.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.report.SampleReports;

class RunFolderTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path parent;

  @Test
  void aRunFromStartToEnd() throws Exception {
    Path path;
    try (RunFolder folder = RunFolder.create(parent.resolve("runs"), "langid-int8")) {
      path = folder.path();
      assertThat(path.getFileName().toString()).matches("langid-int8-\\d{8}-\\d{6}");
      assertThat(state(path)).isEqualTo("running");
      folder.write("experiment.yaml", "name: langid-int8\n");
      folder.writeJson("provenance.json", SampleReports.provenance());
      SampleReports.of(42).runs().get(0).curves().forEach(point -> folder.metric(42, point));
      folder.report(SampleReports.of(42));
      folder.finish();
    }
    assertThat(state(path)).isEqualTo("finished");
    assertThat(names(path))
        .containsExactlyInAnyOrder(
            "run.json",
            "log.txt",
            "experiment.yaml",
            "provenance.json",
            "metrics.jsonl",
            "model-card.json",
            "model-card.md",
            "report.json",
            "report.html");
    List<String> lines = Files.readAllLines(path.resolve("metrics.jsonl"));
    assertThat(lines).hasSize(210);
    assertThat(lines.get(0))
        .startsWith("{\"seed\":42,\"stage\":\"float\",\"step\":10,\"epoch\":1,\"loss\":");
  }

  @Test
  void aRunThatEndsEarlySaysSo() throws Exception {
    Path path = parent.resolve("run");
    RunFolder.create(path, false).close();
    assertThat(state(path)).isEqualTo("failed");
  }

  @Test
  void nothingIsWrittenAfterTheEnd() {
    RunFolder folder = RunFolder.create(parent.resolve("run"), false);
    folder.finish();
    folder.close();
    assertThatThrownBy(() -> folder.write("late.txt", "too late"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("is finished");
    assertThat(folder.file("late.txt")).doesNotExist();
  }

  @Test
  void twoRunsInTheSameSecondHaveTwoFolders() {
    try (RunFolder first = RunFolder.create(parent, "a");
        RunFolder second = RunFolder.create(parent, "a");
        RunFolder third = RunFolder.create(parent, "a")) {
      assertThat(List.of(first.path(), second.path(), third.path())).doesNotHaveDuplicates();
    }
  }

  @Test
  void anEarlierRunIsKeptUnlessItIsToBeReplaced() throws Exception {
    Path path = parent.resolve("run");
    try (RunFolder folder = RunFolder.create(path, false)) {
      Files.createDirectories(folder.file("seed-1"));
      folder.write("seed-1/report.json", "{}");
      folder.finish();
    }
    assertThatThrownBy(() -> RunFolder.create(path, false))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("--overwrite");
    assertThat(path.resolve("seed-1/report.json")).exists();
    begun(path).close();
    assertThat(path.resolve("seed-1")).doesNotExist();
    assertThat(state(path)).isEqualTo("failed");
  }

  /** Data were missing, say: there is nothing to keep, and nobody has to say --overwrite. */
  @Test
  void aRunThatFailedBeforeItLearnedAnythingIsReplaced() throws Exception {
    Path path = parent.resolve("run");
    try (RunFolder folder = RunFolder.create(path, false)) {
      folder.write("experiment.yaml", "name: x\n");
    }
    assertThat(state(path)).isEqualTo("failed");
    try (RunFolder again = RunFolder.create(path, false)) {
      again.write("float-network.zip", "hours of work");
    }
    assertThatThrownBy(() -> RunFolder.create(path, false)).hasMessageContaining("--overwrite");
    assertThat(path.resolve("float-network.zip")).exists();
  }

  /** A run in the place of an earlier one. */
  private static RunFolder begun(Path path) {
    RunFolder folder = RunFolder.create(path, true);
    folder.begin();
    return folder;
  }

  /** What is to be replaced stays until the new run can begin, as the data may be missing. */
  @Test
  void anEarlierRunStaysUntilTheNewOneBegins() throws Exception {
    Path path = parent.resolve("run");
    try (RunFolder folder = RunFolder.create(path, false)) {
      folder.write("model.qat", "hours of training");
      folder.finish();
    }
    RunFolder.create(path, true).close();
    assertThat(path.resolve("model.qat")).hasContent("hours of training");
    assertThat(state(path)).isEqualTo("finished");
    try (RunFolder folder = RunFolder.create(path, true)) {
      folder.write("experiment.yaml", "name: new");
      assertThat(path.resolve("model.qat")).doesNotExist();
    }
  }

  @Test
  void filesThatRunsDoNotWriteAreNotDeleted() throws Exception {
    Path path = parent.resolve("run");
    RunFolder.create(path, false).close();
    Files.writeString(path.resolve("notes.md"), "thoughts");
    Path mine = Files.createDirectories(path.resolve("mine"));
    Files.writeString(mine.resolve("figure.svg"), "drawn by hand");
    begun(path).close();
    assertThat(path.resolve("notes.md")).hasContent("thoughts");
    assertThat(mine.resolve("figure.svg")).hasContent("drawn by hand");
  }

  @Test
  void twoRunsOfAProcessDoNotShareAFolder() {
    Path path = parent.resolve("run");
    String pid = "process " + ProcessHandle.current().pid();
    try (RunFolder first = RunFolder.create(path, false)) {
      for (boolean overwrite : new boolean[] {false, true}) {
        assertThatThrownBy(() -> RunFolder.create(path, overwrite))
            .isInstanceOf(QatException.class)
            .hasMessageContaining("is in use by " + pid);
      }
      assertThatThrownBy(() -> RunFolder.resume(path)).hasMessageContaining("is in use by " + pid);
      first.finish();
    }
    RunFolder.resume(path).close();
  }

  /** The owner is named, keeps its files, and leaves the folder free when it is killed. */
  @Test
  void theFolderOfAnotherProcessIsRefused() throws Exception {
    Path path = parent.resolve("run");
    Process process = start(path, parent.resolve("errors.txt"));
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("writing");
      assertThatThrownBy(() -> RunFolder.create(path, true))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("is in use by process " + process.pid() + ", started ");
      assertThatThrownBy(() -> RunFolder.resume(path)).hasMessageContaining("is in use");
      assertThat(path.resolve("metrics.jsonl")).exists();
      assertThat(state(path)).isEqualTo("running");
      assertThat(RunFolder.state(path)).isEqualTo(RunFolder.State.RUNNING);
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    assertThat(state(path)).isEqualTo("running");
    assertThat(RunFolder.state(path)).isEqualTo(RunFolder.State.KILLED);
    begun(path).close();
    assertThat(state(path)).isEqualTo("failed");
    // The test writes a file that no run does; it is left.
    assertThat(names(path)).containsExactlyInAnyOrder("run.json", "log.txt", "big.json");
  }

  /** Of a process elsewhere its heartbeat is known alone. */
  @Test
  void aRunOnAnotherHostIsKnownByItsHeartbeat() throws Exception {
    Path path = parent.resolve("run");
    RunFolder.create(path, false).close();
    Files.writeString(path.resolve("run.json"), "{\"state\": \"running\"}");
    Path owner = path.resolve(FolderLock.OWNER);
    Files.writeString(owner, "process 1, started 2026-01-01T00:00:00Z, on a-host-elsewhere\n");
    assertThat(RunFolder.state(path)).isEqualTo(RunFolder.State.RUNNING);

    Instant silent = Instant.now().minus(FolderLock.SILENCE);
    Files.setLastModifiedTime(owner, FileTime.from(silent.minusSeconds(1)));
    assertThat(RunFolder.state(path)).isEqualTo(RunFolder.State.KILLED);
  }

  @Test
  void anOwnerIsHeardOf() throws Exception {
    Path path = Files.createDirectories(parent.resolve("run"));
    try (FolderLock lock = FolderLock.take(path)) {
      Path owner = path.resolve(FolderLock.OWNER);
      Files.setLastModifiedTime(owner, FileTime.from(Instant.EPOCH));
      lock.beat();
      assertThat(Files.getLastModifiedTime(owner).toInstant())
          .isAfter(Instant.now().minus(FolderLock.SILENCE));
    }
  }

  @Test
  void whatIsNoRunIsNeverDeleted() throws Exception {
    Path precious = Files.createDirectories(parent.resolve("home"));
    Files.writeString(precious.resolve("thesis.txt"), "years of work");
    for (boolean overwrite : new boolean[] {false, true}) {
      assertThatThrownBy(() -> RunFolder.create(precious, overwrite))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("not a run folder");
    }
    Path file = Files.writeString(parent.resolve("file"), "content");
    assertThatThrownBy(() -> RunFolder.create(file, true))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("not a run folder");
    assertThat(precious.resolve("thesis.txt")).hasContent("years of work");
    assertThat(file).hasContent("content");
  }

  @Test
  void aLinkOutOfAReplacedRunIsNotFollowed() throws Exception {
    Path precious = Files.createDirectories(parent.resolve("home"));
    Files.writeString(precious.resolve("thesis.txt"), "years of work");
    Path run = parent.resolve("run");
    RunFolder.create(run, false).close();
    Files.createSymbolicLink(run.resolve("link"), precious);
    begun(run).close();
    assertThat(precious.resolve("thesis.txt")).exists();
  }

  @Test
  void anEmptyFolderIsTaken() throws Exception {
    Path path = Files.createDirectories(parent.resolve("empty"));
    RunFolder.create(path, false).close();
    assertThat(state(path)).isEqualTo("failed");
  }

  @Test
  void theLogHoldsWhatIsSaidDuringTheRunOnly() throws Exception {
    LogManager.getLogger("org.qat4j.test").info("before");
    Path path = parent.resolve("run");
    try (RunFolder folder = RunFolder.create(path, false)) {
      LogManager.getLogger("org.qat4j.test").info("of ours");
      LogManager.getLogger("org.nd4j.test").info("of a library");
      folder.finish();
    }
    LogManager.getLogger("org.qat4j.test").info("after");
    assertThat(path.resolve("log.txt"))
        .content()
        .contains("INFO", "org.qat4j.test: of ours", "org.nd4j.test: of a library")
        .doesNotContain("before", "after");
  }

  /** What Ctrl-C does: the process is asked to end while it works. */
  @Test
  void anInterruptedRunSaysSoAndHoldsWholeFilesOnly() throws Exception {
    Path path = parent.resolve("run");
    Path errors = parent.resolve("errors.txt");
    Process process = start(path, errors);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("writing");
      process.destroy();
      assertThat(process.waitFor()).isNotZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(state(path)).isEqualTo("interrupted");
    JsonNode big = MAPPER.readTree(Files.readString(path.resolve("big.json")));
    assertThat(big.size()).isEqualTo(RunFolderMain.NUMBERS);
    List<String> lines = Files.readAllLines(path.resolve("metrics.jsonl"));
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      assertThat(MAPPER.readTree(line).get("learningRate").asDouble()).isEqualTo(0.5);
    }
    assertThat(names(path))
        .containsExactlyInAnyOrder("run.json", "log.txt", "big.json", "metrics.jsonl");
    // Our warnings reach the user, the chatter of libraries does not; the log has everything.
    assertThat(errors).hasContent("WARN: a warning of ours");
    assertThat(path.resolve("log.txt"))
        .content()
        .contains("a warning of ours", "a remark of ours", "a library complains");
  }

  private static Process start(Path path, Path errors) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            RunFolderMain.class.getName(),
            path.toString())
        .redirectError(errors.toFile())
        .start();
  }

  private static String state(Path path) throws IOException {
    return MAPPER.readTree(Files.readString(path.resolve(RunFolder.STATE))).get("state").asText();
  }

  private static List<String> names(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(FolderLock.LOCK))
          .toList();
    }
  }
}
