package org.qat4j.pipeline;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;

/**
 * Work that a second thread does while the first goes on, where the machine has cores for both;
 * otherwise it is done at once. The outcome is the same to the bit, since a thread of ND4J has a
 * random generator of its own. Closing it ends work that nobody waits for any more.
 */
final class Beside<T> implements AutoCloseable {
  /**
   * Set to false, everything is done one after the other, which takes less memory; to true, always
   * beside each other.
   */
  static final String PROPERTY = "qat4j.beside";

  private static final long PATIENCE_MILLIS = 5_000;

  private final FutureTask<T> task;
  private final Thread thread; // null where it was done at once

  private Beside(FutureTask<T> task, Thread thread) {
    this.task = task;
    this.thread = thread;
  }

  /**
   * Whether there are cores for two threads of ND4J's, if the property does not say it. Threads of
   * one graphics processor would wait for each other.
   */
  static boolean hasRoom() {
    int cores = Runtime.getRuntime().availableProcessors();
    String said = System.getProperty(PROPERTY);
    return said == null
        ? Nd4j.getExecutioner().type() == ExecutionerType.NATIVE_CPU
            && cores >= 2 * Nd4j.getEnvironment().maxThreads()
        : Boolean.parseBoolean(said);
  }

  /**
   * Begins the work.
   *
   * @param hasRoom whether a second thread does it
   */
  static <T> Beside<T> begin(String name, boolean hasRoom, Supplier<T> work) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              try {
                return work.get();
              } finally {
                if (hasRoom) {
                  Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
                }
              }
            });
    if (!hasRoom) {
      Beside<T> done = new Beside<>(task, null);
      task.run();
      done.get();
      return done;
    }
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return new Beside<>(task, thread);
  }

  /** What came out, which is waited for. */
  T get() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // a Supplier throws no other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QatException("interrupted while it waited for " + thread.getName(), e);
    }
  }

  /** Tells the work to end if it still goes on, and waits a little for that. */
  @Override
  public void close() {
    if (thread == null || task.isDone()) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
