package org.qat4j.console;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * A line now and then, and one at the end: at most every ten seconds, and in long steps at most
 * after every tenth more of the time passed, so that a log stays short.
 */
final class LineProgress implements Progress {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int PARTS = 10;

  private final PrintStream out;
  private final String task;
  private final long total;
  private final InstantSource clock;
  private final Instant started;
  private Duration nextLine = INTERVAL;
  private long done;
  private String message = "";

  /**
   * @param total number of steps, or −1 where it is not known
   */
  LineProgress(PrintStream out, String task, long total, InstantSource clock) {
    this.out = out;
    this.task = task;
    this.total = total;
    this.clock = clock;
    this.started = clock.instant();
  }

  @Override
  public synchronized void step(long n) {
    done += n;
    Duration elapsed = elapsed();
    if (elapsed.compareTo(nextLine) >= 0 && done != total) {
      Duration wait = elapsed.dividedBy(PARTS);
      nextLine = elapsed.plus(wait.compareTo(INTERVAL) > 0 ? wait : INTERVAL);
      print(elapsed);
    }
  }

  @Override
  public synchronized void message(String text) {
    message = text;
  }

  @Override
  public synchronized void close() {
    print(elapsed());
  }

  private Duration elapsed() {
    return Duration.between(started, clock.instant());
  }

  private void print(Duration elapsed) {
    double seconds = elapsed.toMillis() / 1e3;
    StringBuilder line = new StringBuilder(task);
    line.append(String.format(Locale.ROOT, ": %,d", done));
    if (total > 0) {
      line.append(String.format(Locale.ROOT, " of %,d (%d %%)", total, 100 * done / total));
    }
    line.append(String.format(Locale.ROOT, ", %.1f s", seconds));
    if (seconds > 0 && done > 0) {
      line.append(String.format(Locale.ROOT, ", %,.1f a second", done / seconds));
      if (done < total) {
        double left = seconds * (total - done) / done;
        line.append(String.format(Locale.ROOT, ", %.0f s left", left));
      }
    }
    if (!message.isEmpty()) {
      line.append(", ").append(message);
    }
    out.println(line);
  }
}
