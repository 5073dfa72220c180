package org.qat4j.console;

import java.io.PrintStream;
import java.time.InstantSource;

/**
 * Where a command reports its progress: bars on a terminal, lines where the output goes elsewhere,
 * nothing where it shall be quiet.
 */
public final class Console {
  private final PrintStream out;
  private final boolean quiet;
  private final int columns;
  private final InstantSource clock;

  /**
   * @param columns width of the terminal; 0 where the output goes elsewhere
   */
  Console(PrintStream out, boolean quiet, int columns, InstantSource clock) {
    this.out = out;
    this.quiet = quiet;
    this.columns = columns;
    this.clock = clock;
  }

  /** Progress on standard error. */
  public static Console standardError(boolean quiet) {
    return new Console(System.err, quiet, Terminal.columns(), InstantSource.system());
  }

  /** Says nothing. */
  public static Console quiet() {
    return standardError(true);
  }

  /** Says one line. */
  public void line(String text) {
    if (!quiet) {
      out.println(Printable.of(text));
    }
  }

  /**
   * Begins a long step.
   *
   * @param task what is done, a few words
   * @param total number of steps, or −1 where it is not known
   */
  public Progress progress(String task, long total) {
    if (quiet) {
      return new QuietProgress();
    }
    return columns > 0
        ? new BarProgress(out, columns, task, total)
        : new LineProgress(out, task, total, clock);
  }

  /** For work beside other work: of two bars on a terminal, that of the other one is shown. */
  public Console beside() {
    return columns > 0 ? new Console(out, true, columns, clock) : this;
  }
}
