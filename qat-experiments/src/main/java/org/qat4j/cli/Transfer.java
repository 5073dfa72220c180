package org.qat4j.cli;

import java.time.Duration;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Download;

/** Shows the progress of a download, in kilobytes. */
final class Transfer implements Download.Listener, AutoCloseable {
  private static final long KILOBYTE = 1000;

  private final Console console;
  private final String name;
  private Progress progress;
  private long shown;

  Transfer(Console console, String name) {
    this.console = console;
    this.name = name;
  }

  @Override
  public void received(long bytes, long total) {
    if (progress == null) {
      progress = console.progress(name + ", kB", total < 0 ? -1 : total / KILOBYTE);
    }
    long now = bytes / KILOBYTE;
    if (now > shown) {
      progress.step(now - shown);
      shown = now;
    }
  }

  @Override
  public void retrying(String reason, Duration pause) {
    console.line(reason + "; next try in " + pause.toSeconds() + " s");
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
