package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.qat4j.console.Printable;

/** Says how a run that does not come to its end can go on: one that fails, or that is ended. */
final class GoOn implements AutoCloseable {
  private final Path run;
  private final PrintWriter to;
  private final Thread onEnd = new Thread(this::say, "how to go on");
  private final String command;
  private boolean finished;

  /**
   * @param run folder of the run
   */
  GoOn(Path run, PrintWriter to) {
    this.command = "./qat run --resume " + Printable.of(String.valueOf(run));
    this.run = run;
    this.to = to;
    Runtime.getRuntime().addShutdownHook(onEnd);
  }

  /** There is nothing to go on with. */
  void finished() {
    finished = true;
  }

  private synchronized void say() {
    if (!finished && StoppedRun.hasCheckpoints(run)) {
      to.println("the run can go on where it stood: " + command);
      to.flush();
    }
    finished = true;
  }

  @Override
  public void close() {
    say();
    try {
      Runtime.getRuntime().removeShutdownHook(onEnd);
    } catch (IllegalStateException shuttingDown) {
      return; // the hook has nothing left to say
    }
  }
}
