package org.qat4j.tune.search;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.qat4j.QatException;

/** Runs trials on threads of this program, each with an evaluator of its own. */
public final class LocalExecutor implements TrialExecutor {
  private final ExecutorService threads;
  private final BlockingQueue<Evaluator> idle;

  /**
   * @param threads at least 1; the results do not depend on it
   * @param evaluators makes one for each thread
   */
  public LocalExecutor(int threads, Supplier<Evaluator> evaluators) {
    this.idle = new ArrayBlockingQueue<>(threads);
    for (int i = 0; i < threads; i++) {
      idle.add(evaluators.get());
    }
    this.threads =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "tuner");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void run(List<Trial> round, Consumer<Outcome> ended) {
    List<Future<?>> running = new ArrayList<>();
    for (Trial trial : round) {
      running.add(threads.submit(() -> run(trial, ended)));
    }
    for (Future<?> task : running) {
      await(task);
    }
  }

  private void run(Trial trial, Consumer<Outcome> ended) {
    Evaluator evaluator = idle.remove();
    Outcome outcome = Outcome.of(trial, evaluator);
    idle.add(evaluator);
    synchronized (this) {
      ended.accept(outcome);
    }
  }

  private void await(Future<?> task) {
    try {
      task.get();
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
      throw new QatException("the search was interrupted", e);
    } catch (ExecutionException | CancellationException e) {
      threads.shutdownNow();
      throw e.getCause() instanceof QatException known ? known : new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
