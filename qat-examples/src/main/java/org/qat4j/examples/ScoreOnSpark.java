package org.qat4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.StreamSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.qat4j.format.ModelFile;
import org.qat4j.runtime.Predictor;

/**
 * A Spark job that labels the texts of a column. The file of the model is broadcast once, and each
 * part of the rows has a predictor, since an executor needs no more than qat-core.
 */
public final class ScoreOnSpark {
  private ScoreOnSpark() {}

  /** Arguments: a model file, a file of rows between tabs, the text's column from 0, a folder. */
  public static void main(String[] args) throws IOException {
    byte[] file = Files.readAllBytes(Path.of(args[0]));
    int column = Integer.parseInt(args[2]);
    SparkConf conf = new SparkConf().setAppName("score").setIfMissing("spark.master", "local[2]");
    try (JavaSparkContext spark = new JavaSparkContext(conf.set("spark.ui.enabled", "false"))) {
      Broadcast<byte[]> model = spark.broadcast(file);
      spark
          .textFile(args[1])
          .mapPartitions(rows -> labelled(rows, column, model.value()))
          .saveAsTextFile(args[3]);
    }
  }

  private static Iterator<String> labelled(Iterator<String> rows, int column, byte[] model) {
    Predictor predictor = new Predictor(ModelFile.fromBytes(model));
    Iterable<String> all = () -> rows;
    return StreamSupport.stream(all.spliterator(), false)
        .map(row -> predictor.predict(row.split("\t", -1)[column]).label() + "\t" + row)
        .iterator();
  }
}
