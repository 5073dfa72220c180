package org.qat4j.tune;

import java.io.Serializable;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.qat4j.QatException;
import org.qat4j.tune.search.Outcome;
import org.qat4j.tune.search.Trial;
import org.qat4j.tune.search.TrialExecutor;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Runs trials on the executors of Apache Spark, a task each. The workload is broadcast once; what
 * an executor has made of it serves all its tasks. Tasks of executors that are lost are run by
 * others, so that no trial is.
 */
final class SparkExecutor implements TrialExecutor {
  private static final String CLASS_PATH = "spark.executor.extraClassPath";

  private final JavaSparkContext context;
  private final Broadcast<Workload> workload;

  /**
   * @param master URL of the master, or null for that of spark-submit
   * @throws QatException if Spark cannot be started
   */
  SparkExecutor(Workload workload, String master) {
    SparkConf conf = new SparkConf().setAppName("qat4j tune");
    if (master != null) {
      conf.setMaster(master);
    }
    if (!conf.contains("spark.master")) {
      throw new QatException(
          "tune.executor has no master, and spark-submit was not used: set tune.executor.master,"
              + " for example to spark://host:7077 or local[2]");
    }
    conf.setIfMissing("spark.ui.enabled", "false");
    if (!conf.contains("spark.jars")) {
      // Without spark-submit the executors find the classes where this program has them.
      conf.setIfMissing(CLASS_PATH, System.getProperty("java.class.path"));
    }
    try {
      this.context = new JavaSparkContext(conf);
    } catch (RuntimeException e) {
      throw new QatException("cannot start Spark: " + e.getMessage(), e);
    }
    this.workload = context.broadcast(workload);
  }

  @Override
  public void run(List<Trial> round, Consumer<Outcome> ended) {
    try {
      context
          .sc()
          .runJob(
              context.parallelize(round, round.size()).rdd(),
              new Task(context.sc().applicationId(), workload),
              new Ended(ended),
              ClassTag$.MODULE$.apply(Outcome.class));
    } catch (RuntimeException e) {
      throw new QatException("Spark gave the search up: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  /** Told of an outcome, on the driver, one after the other. */
  private static final class Ended extends AbstractFunction2<Object, Outcome, BoxedUnit> {
    private final Consumer<Outcome> ended;

    Ended(Consumer<Outcome> ended) {
      this.ended = ended;
    }

    @Override
    public BoxedUnit apply(Object partition, Outcome outcome) {
      ended.accept(outcome);
      return BoxedUnit.UNIT;
    }
  }

  /** Runs the one trial of a partition, on an executor. */
  private static final class Task extends AbstractFunction1<Iterator<Trial>, Outcome>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Evaluators of this executor that nobody uses now, by the application that they are for. */
    private static final ConcurrentMap<String, Queue<CandidateEvaluator>> IDLE =
        new ConcurrentHashMap<>();

    private final String application;
    private final Broadcast<Workload> workload;

    Task(String application, Broadcast<Workload> workload) {
      this.application = application;
      this.workload = workload;
    }

    @Override
    public Outcome apply(Iterator<Trial> trials) {
      IDLE.keySet().removeIf(other -> !other.equals(application));
      Queue<CandidateEvaluator> idle =
          IDLE.computeIfAbsent(application, id -> new ConcurrentLinkedQueue<>());
      CandidateEvaluator evaluator = idle.poll();
      if (evaluator == null) {
        evaluator = new CandidateEvaluator(workload.value());
      }
      Outcome outcome = Outcome.of(trials.next(), evaluator);
      idle.add(evaluator);
      return outcome;
    }
  }
}
