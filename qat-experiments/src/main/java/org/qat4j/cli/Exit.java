package org.qat4j.cli;

/** Exit codes of the command line. */
final class Exit {
  /** Done. */
  static final int OK = 0;

  /** The input is bad or the job could not be done; the message says what to mend. */
  static final int FAILED = 1;

  /** The command line itself is wrong. */
  static final int USAGE = 2;

  /** An error of this program. */
  static final int BUG = 3;

  /** The run is done, but its model misses what the section accept asks for. */
  static final int MISSED = 4;

  private Exit() {}
}
