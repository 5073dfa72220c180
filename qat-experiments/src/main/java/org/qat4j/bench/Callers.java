package org.qat4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.qat4j.QatException;

/** Threads that ask an engine at the same time, as those of a server do. */
final class Callers implements AutoCloseable {
  private final int count;
  private final ExecutorService threads;

  Callers(int count) {
    this.count = count;
    this.threads = Executors.newFixedThreadPool(count);
  }

  /**
   * One turn of an engine.
   *
   * @param first batch to begin with; the texts are gone through round and round
   * @param millis when to stop, unless the engine takes all texts once
   * @return batches that were answered, and the time that it took
   */
  Turn turn(Engine engine, int batches, int first, int millis) {
    AtomicInteger next = new AtomicInteger();
    int most = engine.takesAllTexts() ? batches : Integer.MAX_VALUE;
    long start = System.nanoTime();
    long end = engine.takesAllTexts() ? start + Long.MAX_VALUE / 2 : start + millis * 1_000_000L;
    Runnable task =
        () -> {
          for (int i = next.getAndIncrement(); i < most; i = next.getAndIncrement()) {
            engine.answer((first + i) % batches);
            if (System.nanoTime() - end >= 0) {
              return;
            }
          }
        };
    int callers = Math.min(count, engine.mostCallers());
    if (callers == 1) {
      task.run();
    } else {
      runAll(task, callers);
    }
    return new Turn(Math.min(next.get(), most), System.nanoTime() - start);
  }

  /** Has every thread do a task once, at the same time. */
  void each(Runnable task) {
    runAll(task, count);
  }

  private void runAll(Runnable task, int callers) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      running.add(threads.submit(task));
    }
    try {
      for (Future<?> f : running) {
        f.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QatException("the benchmark was interrupted", e);
    } catch (ExecutionException e) {
      throw new QatException("an engine failed: " + e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /**
   * What an engine did when it was its turn.
   *
   * @param batches answered
   * @param nanos that it took
   */
  record Turn(int batches, long nanos) {}
}
