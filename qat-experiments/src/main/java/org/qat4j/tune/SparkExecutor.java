package org.qat4j.tune;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.qat4j.spark.Spark;
import org.qat4j.spark.SparkTasks;
import org.qat4j.tune.search.Outcome;
import org.qat4j.tune.search.Trial;
import org.qat4j.tune.search.TrialExecutor;

/**
 * Runs trials on the executors of Apache Spark, a task each. The workload is broadcast once; what
 * an executor has made of it serves all its tasks.
 */
final class SparkExecutor implements TrialExecutor {
  private static final String KEY = "tune.executor";

  /** Evaluators of this process that nobody uses now, by the application that they are for. */
  private static final ConcurrentMap<String, Queue<CandidateEvaluator>> IDLE =
      new ConcurrentHashMap<>();

  private final SparkTasks<Workload> tasks;

  /**
   * @param master URL of the master, or null for that of spark-submit
   * @throws org.qat4j.QatException if Spark cannot be started
   */
  SparkExecutor(Workload workload, String master) {
    Spark.require(KEY);
    this.tasks = SparkTasks.start("qat4j tune", KEY, master, workload);
  }

  @Override
  public void run(List<Trial> round, Consumer<Outcome> ended) {
    tasks.run(round, SparkExecutor::outcome, Outcome.class, ended);
  }

  @Override
  public void close() {
    tasks.close();
  }

  private static Outcome outcome(String application, Workload workload, Trial trial) {
    IDLE.keySet().removeIf(other -> !other.equals(application));
    Queue<CandidateEvaluator> idle =
        IDLE.computeIfAbsent(application, id -> new ConcurrentLinkedQueue<>());
    CandidateEvaluator evaluator = idle.poll();
    if (evaluator == null) {
      evaluator = new CandidateEvaluator(workload);
    }
    Outcome outcome = Outcome.of(trial, evaluator);
    idle.add(evaluator);
    return outcome;
  }
}
