package org.qat4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.qat4j.console.Console;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.pipeline.RunExperiment;
import org.qat4j.report.folder.RunFolder;

/**
 * Searches scales and zero points on Spark, here with two workers in this process; a cluster is
 * another master. Spark needs the {@code --add-opens} that spark-submit gives.
 */
public final class SearchOnSpark {
  private SearchOnSpark() {}

  /** Arguments: a folder, a file of rows (label, tab, text). */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path file = folder.resolve("search.yaml");
    Files.writeString(
        file,
        """
        schemaVersion: 1
        name: search
        data: {kind: table, train: '%s'}
        model: {kind: word-cnn, dimension: 16, filters: 16}
        train: {epochs: 8, batch: 16, learningRate: 0.01}
        quantize:
          weights: {bits: 2}
          activations: {bits: 4}
        tune: {trials: 16, executor: {kind: spark, master: "local[2]"}}
        """
            .formatted(args[1]));
    ResolvedExperiment experiment = ExperimentReader.resolve(file, List.of());
    try (RunFolder run = RunFolder.create(folder, "search")) {
      new RunExperiment(experiment, run, Console.quiet()).tune(List.of(1L), Map.of(), seed -> null);
      run.finish();
      System.out.println(run.path());
    }
  }
}
