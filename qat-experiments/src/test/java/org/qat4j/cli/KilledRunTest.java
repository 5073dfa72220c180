package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.report.folder.RunFolder;

/**
 * Runs and sweeps of which the process is killed at any moment, and that go on to the same models.
 * Each kill is a line of the output. Fewer of them, or those of another time: {@code
 * -Dqat4j.kills=5 -Dqat4j.seed=1}.
 */
@Tag("slow")
class KilledRunTest {
  private static final int TIMES = Integer.getInteger("qat4j.kills", 50);

  /** As many kills of runs go to one of a sweep. */
  private static final int SWEEPS = 5;

  private static final int MOST_KILLS = 4; // of one run

  @TempDir private Path temporary;

  @Test
  void killedFiftyTimes() throws IOException, InterruptedException {
    Path file =
        experiment(
            """
            quantize: {weights: {bits: 3}, activations: {learned: lsq}, qat: {epochs: 4}}
            tune: {trials: 30, executor: {kind: local, threads: 1}}
            """);
    kill(
        TIMES,
        run ->
            Files.exists(run.resolve("experiment.yaml"))
                ? List.of("run", "--resume", run, "--checkpoints", 0)
                : List.of("run", file, "--out", run, "--overwrite", "--checkpoints", 0),
        List.of("model.qat"));
  }

  @Test
  void sweepsAreKilledTenTimes() throws IOException, InterruptedException {
    Path file =
        experiment(
            """
            sweep:
              W8: {}
              W3: {quantize: {weights: {bits: 3}, qat: {epochs: 2}}}
            """);
    kill(
        TIMES / SWEEPS,
        run ->
            Files.exists(run.resolve("run.json"))
                ? List.of("sweep", file, "--seeds", 2, "--out", run, "--resume")
                : List.of("sweep", file, "--seeds", 2, "--out", run),
        List.of("W8/seed-1.qat", "W8/seed-2.qat", "W3/seed-1.qat", "W3/seed-2.qat"));
  }

  private Path experiment(String more) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      rows.append("warm\tthe sun ").append(Integer.toString(i * 977, 36)).append(" shines\n");
      rows.append("cold\tsnow falls ").append(Integer.toString(i * 787, 36)).append('\n');
    }
    Path table = Files.writeString(temporary.resolve("weather.tsv"), rows);
    return Files.writeString(
        temporary.resolve("weather.yaml"),
        """
        schemaVersion: 1
        name: weather
        data: {kind: table, train: "%s"}
        model: {kind: char-ngram-cnn, length: 24, dropout: 0.2}
        train: {epochs: 4, batch: 16, tokenDropout: 0.1}
        verify: {inputs: 40}
        """
                .formatted(table.toString().replace('\\', '/'))
            + more);
  }

  /**
   * @param command that goes on in a folder, or begins
   * @param results files that are the same as without a kill
   */
  private void kill(int times, Function<Path, List<Object>> command, List<String> results)
      throws IOException, InterruptedException {
    Path whole = temporary.resolve("whole");
    long begun = System.nanoTime();
    assertThat(ended(start(command.apply(whole)), Long.MAX_VALUE)).isTrue();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);

    long seed = Long.getLong("qat4j.seed", new Random().nextLong());
    Random random = new Random(seed);
    int killed = 0;
    for (int i = 0; killed < times; i++) {
      Path run = temporary.resolve("run-" + i);
      for (int kills = 0; !isFinished(run); kills++) {
        boolean mayEnd = kills == MOST_KILLS || killed == times;
        long moment = mayEnd ? Long.MAX_VALUE : random.nextLong(millis);
        if (!ended(start(command.apply(run)), moment)) {
          killed++;
          System.out.printf("%d. run %d killed after %d ms: %s%n", killed, i, moment, lastLine());
        }
      }
      for (String result : results) {
        assertThat(run.resolve(result))
            .as("seed %s, run %s", seed, i)
            .hasSameBinaryContentAs(whole.resolve(result));
      }
      try (Stream<Path> files = Files.walk(run)) {
        assertThat(files.filter(f -> f.toString().endsWith(".tmp"))).isEmpty();
      }
    }
    System.out.println("killed " + killed + " times, seed " + seed);
  }

  private static boolean isFinished(Path run) {
    return Files.exists(run.resolve("run.json"))
        && RunFolder.state(run) == RunFolder.State.FINISHED;
  }

  private Process start(List<Object> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    args.stream().map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temporary.resolve("output.txt").toFile())
        .start();
  }

  /** What the process that was killed said last. */
  private String lastLine() throws IOException {
    List<String> lines = Files.readAllLines(temporary.resolve("output.txt"));
    return lines.isEmpty() ? "nothing was said" : lines.get(lines.size() - 1);
  }

  /** Whether a process came to its end before it was killed at a moment in milliseconds. */
  private boolean ended(Process process, long moment) throws IOException, InterruptedException {
    boolean ended = process.waitFor(moment, TimeUnit.MILLISECONDS);
    process.destroyForcibly();
    int exit = process.waitFor();
    if (ended) {
      assertThat(exit).as(Files.readString(temporary.resolve("output.txt"))).isZero();
    }
    return ended;
  }
}
