package org.qat4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The link {@code runs/latest}, by which the last run can be named without its time. */
final class LatestRun {
  static final String NAME = "latest";

  private LatestRun() {}

  /**
   * Lets the link point to a run. Where the system makes no links, or something else has the name,
   * there is none: the run itself does not depend on it.
   *
   * @param runs folder of all runs
   * @param run in it
   */
  static void point(Path runs, Path run) {
    Path link = runs.resolve(NAME);
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
      return;
    }
    Path next = runs.resolve("." + NAME + "-" + run.getFileName());
    try {
      Files.createSymbolicLink(next, run.getFileName());
      Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UnsupportedOperationException e) {
      next.toFile().delete();
    }
  }
}
