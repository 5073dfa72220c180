package org.qat4j.spark;

import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.qat4j.QatException;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Work on the executors of Apache Spark, a task for each item. What the tasks have in common is
 * broadcast once. Tasks of executors that are lost are run by others, so that no item is.
 *
 * @param <S> what the tasks have in common
 */
public final class SparkTasks<S extends Serializable> implements AutoCloseable {
  private static final String CLASS_PATH = "spark.executor.extraClassPath";

  private final JavaSparkContext context;
  private final Broadcast<S> shared;

  /**
   * What is done with an item, on an executor.
   *
   * @param <S> what the tasks have in common
   * @param <T> the items
   * @param <R> what comes out, which goes back
   */
  public interface Work<S, T, R> extends Serializable {
    /**
     * @param application of Spark, one for each {@link SparkTasks}
     */
    R apply(String application, S shared, T item);
  }

  private SparkTasks(JavaSparkContext context, Broadcast<S> shared) {
    this.context = context;
    this.shared = shared;
  }

  /**
   * Starts Spark.
   *
   * @param name of the application
   * @param key of the experiment file that asked for it
   * @param master URL of the master, or null for that of spark-submit
   * @throws QatException if Spark is not there or cannot be started
   */
  public static <S extends Serializable> SparkTasks<S> start(
      String name, String key, String master, S shared) {
    try {
      JavaSparkContext context = new JavaSparkContext(configuration(name, key, master));
      return new SparkTasks<>(context, context.broadcast(shared));
    } catch (RuntimeException e) {
      throw e instanceof QatException known
          ? known
          : new QatException("cannot start Spark: " + e.getMessage(), e);
    }
  }

  private static SparkConf configuration(String name, String key, String master) {
    SparkConf conf = new SparkConf().setAppName(name);
    if (master != null) {
      conf.setMaster(master);
    }
    if (!conf.contains("spark.master")) {
      throw new QatException(
          key
              + " has no master, and spark-submit was not used: set "
              + key
              + ".master, for example to spark://host:7077 or local[2]");
    }
    conf.setIfMissing("spark.ui.enabled", "false");
    if (!conf.contains("spark.jars")) {
      // Without spark-submit the executors find the classes where this program has them.
      conf.setIfMissing(CLASS_PATH, System.getProperty("java.class.path"));
    }
    return conf;
  }

  /**
   * Does the work for all items and comes back when all have ended.
   *
   * @param type of what comes out
   * @param ended is told of each as it ends, in any order, never by two threads at once
   * @throws QatException if Spark gives up
   */
  public <T extends Serializable, R extends Serializable> void run(
      List<T> items, Work<S, T, R> work, Class<R> type, Consumer<R> ended) {
    try {
      context
          .sc()
          .runJob(
              context.parallelize(items, items.size()).rdd(),
              new Task<>(context.sc().applicationId(), shared, work),
              new Ended<>(ended),
              ClassTag$.MODULE$.apply(type));
    } catch (RuntimeException e) {
      throw new QatException("Spark gave up: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  /** Told of what comes out, on the driver, one after the other. */
  private static final class Ended<R> extends AbstractFunction2<Object, R, BoxedUnit> {
    private final Consumer<R> ended;

    Ended(Consumer<R> ended) {
      this.ended = ended;
    }

    @Override
    public BoxedUnit apply(Object partition, R result) {
      ended.accept(result);
      return BoxedUnit.UNIT;
    }
  }

  /** Does the work for the one item of a partition, on an executor. */
  private static final class Task<S, T, R> extends AbstractFunction1<Iterator<T>, R>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String application;
    private final Broadcast<S> shared;
    private final Work<S, T, R> work;

    Task(String application, Broadcast<S> shared, Work<S, T, R> work) {
      this.application = application;
      this.shared = shared;
      this.work = work;
    }

    @Override
    public R apply(Iterator<T> items) {
      return work.apply(application, shared.value(), items.next());
    }
  }
}
