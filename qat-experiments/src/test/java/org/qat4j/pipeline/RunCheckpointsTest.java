package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.console.Console;
import org.qat4j.evaluation.Stage;
import org.qat4j.training.Checkpoints;

/** How often a run keeps where its training stands. */
class RunCheckpointsTest {
  @TempDir Path folder;
  private long seconds;

  /** What takes 10 seconds to keep is kept again after 300, though a minute was asked for. */
  @Test
  void keepingTakesAThirtiethOfTheTimeAtMost() throws IOException {
    Checkpoints kept = checkpoints(Duration.ofMinutes(1));
    keep(kept, 1, 10, 0);
    assertThat(files()).as("before the first minute").isZero();
    seconds = 60;
    keep(kept, 2, 10, 1);
    seconds = 70 + 299;
    assertThat(kept.isDue()).isFalse();
    seconds = 70 + 300;
    assertThat(kept.isDue()).isTrue();
    keep(kept, 3, 1, 2);
    seconds += 60;
    assertThat(kept.isDue()).isTrue();
  }

  @Test
  void everyStepIsKeptWhereThatIsAskedFor() throws IOException {
    Checkpoints kept = checkpoints(Duration.ZERO);
    keep(kept, 1, 10, 1);
    keep(kept, 2, 10, 2);
    assertThat(kept.isDue()).isTrue();
  }

  private Checkpoints checkpoints(Duration every) {
    RunCheckpoints.Pace pace =
        new RunCheckpoints.Pace(every, () -> TimeUnit.SECONDS.toNanos(seconds));
    RunCheckpoints all = new RunCheckpoints(folder, "", Console.quiet(), pace);
    return all.next(Stage.FLOAT, monitor(), true);
  }

  private static TrainingMonitor monitor() {
    return new TrainingMonitor(Stage.FLOAT, Console.quiet(), 1, 10, Metrics.NONE);
  }

  private void keep(Checkpoints kept, int step, int takes, int files) throws IOException {
    kept.keep(
        step,
        false,
        out -> {
          seconds += takes;
          out.writeInt(step);
        });
    assertThat(files()).isEqualTo(files);
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }
}
