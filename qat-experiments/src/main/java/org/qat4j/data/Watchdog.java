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
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "download-watchdog");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean alive;
  private volatile boolean bit;

  /** Closes {@code in} after between one and two times {@code silence} without {@link #alive}. */
  Watchdog(InputStream in, Duration silence) {
    long millis = silence.toMillis();
    ScheduledFuture<?> unused =
        timer.scheduleAtFixedRate(() -> look(in), millis, millis, TimeUnit.MILLISECONDS);
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
    timer.shutdownNow();
  }
}
