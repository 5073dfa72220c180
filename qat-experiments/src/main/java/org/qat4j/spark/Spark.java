package org.qat4j.spark;

import org.qat4j.QatException;

/** Whether Spark is there: it is not a part of this program, but of the cluster. */
public final class Spark {
  private Spark() {}

  /**
   * To be asked before {@link SparkTasks} is touched.
   *
   * @param key of the experiment file that asks for Spark
   * @throws QatException if it is not on the class path
   */
  public static void require(String key) {
    require(key, Spark.class.getClassLoader());
  }

  static void require(String key, ClassLoader loader) {
    try {
      Class.forName("org.apache.spark.SparkContext", false, loader);
    } catch (ClassNotFoundException e) {
      throw new QatException(
          key
              + " is spark, which is not on the class path: start the command with spark-submit, as"
              + " docs/spark.md shows, or leave "
              + key
              + " out",
          e);
    }
  }
}
