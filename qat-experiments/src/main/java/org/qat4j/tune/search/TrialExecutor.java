package org.qat4j.tune.search;

import java.util.List;
import java.util.function.Consumer;

/** Runs trials, on threads of this program or on other machines. */
public interface TrialExecutor extends AutoCloseable {
  /**
   * Runs a round of trials and comes back when all have ended.
   *
   * @param ended is told of each as it ends, in any order, never by two threads at once
   */
  void run(List<Trial> round, Consumer<Outcome> ended);

  @Override
  void close();
}
