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
import org.qat4j.report.RunReport;
import org.qat4j.report.folder.RunFolder;

/** Classification of texts of one's own: what {@code ./qat run} does, in a program. */
public final class OwnTexts {
  private static final String EXPERIMENT =
      """
      schemaVersion: 1
      name: meals
      data: {kind: table, train: '%s'}
      model: {kind: word-cnn, dimension: 16, filters: 16}
      train: {epochs: 8, batch: 16, learningRate: 0.01}
      """;

  private OwnTexts() {}

  /** Argument: a folder, which gets the rows, the experiment and the run. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path table = folder.resolve("rows.tsv");
    Files.write(table, rows());
    Path file = folder.resolve("meals.yaml");
    Files.writeString(file, EXPERIMENT.formatted(table));

    ResolvedExperiment experiment = ExperimentReader.resolve(file, List.of());
    try (RunFolder run = RunFolder.create(folder, "run")) {
      RunReport report =
          new RunExperiment(experiment, run, Console.quiet()).run(List.of(1L), Map.of());
      run.finish();
      RunExperiment.requireExact(report, run.path());
      System.out.println(run.path().resolve("model.qat"));
    }
  }

  /** Three labels, a tab, a text. */
  private static List<String> rows() {
    List<String> sizes = List.of("a small", "a large", "one", "another", "the usual", "my");
    List<String> ends = List.of("please", "to go", "for two", "now", "at noon", "with sugar");
    Map<String, List<String>> words =
        Map.of(
            "drink", List.of("tea", "coffee", "juice"),
            "meal", List.of("soup", "pizza", "salad"),
            "bill", List.of("bill", "receipt", "invoice"));
    return words.keySet().stream()
        .sorted()
        .flatMap(label -> words.get(label).stream().map(word -> label + "\t%s " + word + " %s"))
        .flatMap(row -> sizes.stream().map(size -> row.formatted(size, "%s")))
        .flatMap(row -> ends.stream().map(row::formatted))
        .toList();
  }
}
