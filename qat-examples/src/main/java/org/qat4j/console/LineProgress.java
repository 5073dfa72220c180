package org.qat4j.console;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** A line after every ten seconds and a tenth of the work, and one at the end. */
final class LineProgress implements Progress {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int PARTS = 10;

  private final PrintStream out;
  private final String task;
  private final long total;
  private final InstantSource clock;
  private final Instant started;
  private Instant lastLine;
  private long done;
  private long doneAtLastLine;
  private String message = "";

  LineProgress(PrintStream out, String task, long total, InstantSource clock) {
    this.out = out;
    this.task = task;
    this.total = total;
    this.clock = clock;
    this.started = clock.instant();
    this.lastLine = started;
  }

  @Override
  public synchronized void step(long n) {
    done += n;
    Instant now = clock.instant();
    boolean late = Duration.between(lastLine, now).compareTo(INTERVAL) >= 0;
    boolean far = total <= 0 || (done - doneAtLastLine) * PARTS >= total;
    if (late && far && done < total) {
      lastLine = now;
      doneAtLastLine = done;
      print(now, "");
    }
  }

  @Override
  public synchronized void message(String text) {
    message = text;
  }

  @Override
  public synchronized void close() {
    print(clock.instant(), "");
  }

  private void print(Instant now, String more) {
    double seconds = Duration.between(started, now).toMillis() / 1e3;
    StringBuilder line = new StringBuilder(task).append(": ");
    if (total > 0) {
      line.append(
          String.format(Locale.ROOT, "%,d of %,d (%d %%)", done, total, 100 * done / total));
    } else {
      line.append(String.format(Locale.ROOT, "%,d", done));
    }
    if (seconds > 0 && done > 0) {
      line.append(String.format(Locale.ROOT, ", %,.1f/s", done / seconds));
      if (done < total) {
        line.append(String.format(Locale.ROOT, ", %.0f s left", seconds * (total - done) / done));
      }
    }
    line.append(String.format(Locale.ROOT, ", %.1f s", seconds));
    if (!message.isEmpty()) {
      line.append(", ").append(message);
    }
    out.println(line.append(more));
  }
}
