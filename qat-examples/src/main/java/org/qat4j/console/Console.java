package org.qat4j.console;

import java.io.PrintStream;
import java.time.InstantSource;

/**
 * Where a command reports its progress: bars on a terminal, lines where the output goes elsewhere,
 * nothing where it shall be quiet.
 */
public final class Console {
  /** How progress is shown. */
  public enum Mode {
    /** Bars that are redrawn in place. */
    BARS,
    /** A line now and then. */
    LINES,
    /** Nothing. */
    QUIET
  }

  private final PrintStream out;
  private final Mode mode;
  private final InstantSource clock;

  Console(PrintStream out, Mode mode, InstantSource clock) {
    this.out = out;
    this.mode = mode;
    this.clock = clock;
  }

  /** Progress on standard error: bars where that is a terminal. */
  public static Console standardError(boolean quiet) {
    Mode mode = quiet ? Mode.QUIET : Terminal.isStandardError() ? Mode.BARS : Mode.LINES;
    return new Console(System.err, mode, InstantSource.system());
  }

  /** Says nothing. */
  public static Console quiet() {
    return new Console(System.err, Mode.QUIET, InstantSource.system());
  }

  /** Says one line. */
  public void line(String text) {
    if (mode != Mode.QUIET) {
      out.println(text);
    }
  }

  /**
   * Begins a long step.
   *
   * @param task what is done, a few words
   * @param total number of steps, or −1 where it is not known
   */
  public Progress progress(String task, long total) {
    return switch (mode) {
      case BARS -> new BarProgress(out, task, total);
      case LINES -> new LineProgress(out, task, total, clock);
      case QUIET -> new QuietProgress();
    };
  }
}
