package org.qat4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec.Malformed;

/** Stops at the first malformed row, or counts them, as the experiment says. */
public final class MalformedRows {
  private static final int SHOWN = 10;

  private final Malformed policy;
  private final List<String> first = new ArrayList<>();
  private int rows;

  public MalformedRows(Malformed policy) {
    this.policy = policy;
  }

  /**
   * Reports the row that begins at a line, from 1; 0 for a whole file.
   *
   * @throws QatException where the policy is to stop
   */
  public void add(Path file, int line, String reason) {
    String message = file + (line > 0 ? ", line " + line : "") + ": " + reason;
    if (policy == Malformed.STOP) {
      throw new QatException(
          message + "; mend it, or leave such rows out and count them with \"malformed: skip\"");
    }
    rows++;
    if (first.size() < SHOWN) {
      first.add(message);
    }
  }

  /** Reports rows of one file. */
  public ObjIntConsumer<String> of(Path file) {
    return (reason, line) -> add(file, line, reason);
  }

  public Skipped skipped() {
    return new Skipped(rows, first);
  }
}
