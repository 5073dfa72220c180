package org.qat4j.cli;

import java.time.Duration;
import org.qat4j.QatException;
import picocli.CommandLine.Option;

/** How often commands that go on with a training keep where it stands. */
final class CheckpointArguments {
  @Option(
      names = "--checkpoints",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Keep where a training stands every so often, so that --resume can go on there (default:"
              + " ${DEFAULT-VALUE}).")
  private int seconds;

  /**
   * Least time between two checkpoints.
   *
   * @throws QatException if it is negative
   */
  Duration every() {
    if (seconds < 0) {
      throw new QatException("--checkpoints is 0 or more seconds, not " + seconds);
    }
    return Duration.ofSeconds(seconds);
  }
}
