package org.qat4j.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.console.Console;

/** A search that is killed at any moment goes on to the result that it would have come to. */
class KilledSearchTest {
  @TempDir private Path folder;

  /** The program that is killed: its arguments are files of a workload and of a journal. */
  public static final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
      try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(Path.of(args[0])))) {
        Tuner.run((Workload) in.readObject(), Path.of(args[1]), Console.quiet());
      }
      System.exit(0);
    }
  }

  @Test
  void killedOnce() throws Exception {
    kill(1, 120, 1);
  }

  @Test
  @Tag("slow")
  void killedTwentyTimes() throws Exception {
    kill(20, 400, new Random().nextLong());
  }

  private void kill(int times, int trials, long seed) throws Exception {
    String search = "trials: " + trials + ", executor: {kind: local, threads: 1}";
    Workload workload = TinySearch.step(search).workload();
    Path file = folder.resolve("workload");
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(workload);
    }
    Path whole = folder.resolve("whole.jsonl");
    Tuner.Result expected = Tuner.run(workload, whole, Console.quiet());
    Random random = new Random(seed);
    int killed = 0;
    Path journal = folder.resolve("killed.jsonl");
    for (int i = 0; i < times; i++) {
      if (Files.exists(journal) && Files.readAllLines(journal).size() > trials - 20) {
        Files.delete(journal);
      }
      killed += killWhileItRuns(file, journal, 1 + random.nextInt(40)) ? 1 : 0;
    }
    Tuner.Result result = Tuner.run(workload, journal, Console.quiet());
    assertThat(result.tuned()).as("seed %s", seed).isEqualTo(expected.tuned());
    assertThat(trials(journal)).as("seed %s", seed).isEqualTo(trials(whole));
    assertThat(killed).isPositive();
  }

  private static List<String> trials(Path journal) throws IOException {
    return Files.readAllLines(journal).stream()
        .map(l -> l.replaceFirst(",\"seconds\":.*", ""))
        .sorted()
        .toList();
  }

  /** Kills a search when it has added some lines; whether it was still running. */
  private boolean killWhileItRuns(Path workload, Path journal, int lines) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                workload.toString(),
                journal.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("child.log").toFile())
            .start();
    int target = (Files.exists(journal) ? Files.readAllLines(journal).size() : 1) + lines;
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(
          watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      var ending = process.onExit().thenRun(() -> touch(folder.resolve("ended")));
      assertThat(ending).isNotNull();
      while (process.isAlive()
          && (!Files.exists(journal) || Files.readAllLines(journal).size() < target)) {
        watch.take().reset();
      }
    }
    boolean running = process.isAlive();
    process.destroyForcibly();
    process.waitFor();
    return running;
  }

  private static void touch(Path file) {
    try {
      Files.writeString(file, String.valueOf(System.nanoTime()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
