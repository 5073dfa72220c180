package org.qat4j.pipeline;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.spark.Spark;
import org.qat4j.spark.SparkTasks;

/**
 * Parts of a run or of a sweep on the executors of Apache Spark. Each is done there in a temporary
 * folder, whose files come back into that of the run: they are then what an earlier run would have
 * left, and the run goes on with them.
 */
final class SparkParts {
  private static final String KEY = "executor";

  /**
   * One part.
   *
   * @param <S> what all parts have in common
   */
  interface Part<S> extends Serializable {
    /** Does the part and leaves its files in a folder. */
    void run(S shared, RunFolder to);
  }

  /**
   * What an executor has made of a part.
   *
   * @param files by their names in the folder
   * @param error why it could not be done, or null
   */
  private record Ended(String part, SortedMap<String, byte[]> files, String error)
      implements Serializable {}

  private SparkParts() {}

  /**
   * Does all parts. Those that fail leave the others alone.
   *
   * @param master URL of the master, or null for that of spark-submit
   * @param shared what the parts have in common
   * @param parts with a name for people each ({@code toString})
   * @param folder gets the files of each part as it ends
   * @throws QatException if Spark gives up, or a part could not be done
   */
  static <S extends Serializable> void run(
      String master, S shared, List<? extends Part<S>> parts, RunFolder folder, Console console) {
    if (parts.isEmpty()) {
      return;
    }
    Spark.require(KEY);
    List<Ended> failed = new ArrayList<>();
    try (SparkTasks<S> spark = SparkTasks.start("qat4j run", KEY, master, shared);
        Progress progress = console.progress("parts on Spark", parts.size())) {
      spark.<Part<S>, Ended>run(
          List.copyOf(parts),
          (application, common, part) -> ended(part, common),
          Ended.class,
          ended -> {
            if (ended.error() != null) {
              failed.add(ended);
            } else {
              folder.take(ended.files());
              console.line(ended.part() + " is done");
            }
            progress.step(1);
          });
    }
    failed.stream()
        .min(Comparator.comparing(Ended::part))
        .ifPresent(
            ended -> {
              throw new QatException(ended.part() + ": " + ended.error());
            });
  }

  private static <S> Ended ended(Part<S> part, S shared) {
    try {
      Path temporary = Files.createTempDirectory("qat-part");
      try {
        return new Ended(part.toString(), done(part, shared, temporary), null);
      } catch (QatException e) {
        return new Ended(part.toString(), new TreeMap<>(), e.getMessage());
      } finally {
        delete(temporary);
      }
    } catch (IOException e) {
      throw new QatException("no place for a part: " + e, e);
    }
  }

  private static <S> SortedMap<String, byte[]> done(Part<S> part, S shared, Path temporary) {
    try (RunFolder own = RunFolder.create(temporary, false)) {
      part.run(shared, own);
      own.finish();
      return own.content();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
