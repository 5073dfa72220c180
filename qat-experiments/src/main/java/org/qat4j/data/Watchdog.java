package org.qat4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a stream from which nothing comes: the JDK's HTTP client has a time limit for the headers
 * of a response, but none for its body.
 */
final class Watchdog implements AutoCloseable {
  /** Calls something at regular times; a test says itself when these are. */
  interface Timer {
    /**
     * Begins.
     *
     * @return ends it
     */
    Runnable every(Duration period, Runnable task);

    /** By the clock, on a thread of its own. */
    static Runnable byTheClock(Duration period, Runnable task) {
      ScheduledExecutorService executor =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread thread = new Thread(work, "download-watchdog");
                thread.setDaemon(true);
                return thread;
              });
      long millis = period.toMillis();
      ScheduledFuture<?> unused =
          executor.scheduleAtFixedRate(task, millis, millis, TimeUnit.MILLISECONDS);
      return executor::shutdownNow;
    }
  }

  private final Runnable end;
  private volatile boolean alive;
  private volatile boolean bit;

  /** Closes {@code in} after between one and two times {@code silence} without {@link #alive}. */
  Watchdog(InputStream in, Duration silence, Timer timer) {
    this.end = timer.every(silence, () -> look(in));
  }

  private void look(InputStream in) {
    if (alive) {
      alive = false;
      return;
    }
    bit = true;
    try {
      in.close();
    } catch (IOException e) {
      // The reader finds out by itself.
    }
  }

  /** Something came. */
  void alive() {
    alive = true;
  }

  /** Whether the stream was closed for silence. */
  boolean bit() {
    return bit;
  }

  @Override
  public void close() {
    end.run();
  }
}
