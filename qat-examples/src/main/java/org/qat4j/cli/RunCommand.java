package org.qat4j.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.qat4j.console.Console;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.pipeline.RunExperiment;
import org.qat4j.report.ReportJson;
import org.qat4j.report.ReportTable;
import org.qat4j.report.RunFolder;
import org.qat4j.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs an experiment from its file to its report. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs an experiment: trains the float network, quantizes it, trains it further under"
          + " quantization, freezes it into an integer model, verifies and evaluates that, and"
          + " writes a report.",
      "Everything goes into a new run folder."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat run configs/langid-int8.yaml",
      "  ./qat run configs/langid-int8.yaml --set train.epochs=1 --out runs/quick --overwrite",
      "  ./qat run configs/langid-int8.yaml --seeds 5"
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ExperimentArguments experiment;

  @Option(
      names = "--seeds",
      paramLabel = "N|A,B,...",
      description = "Run with the seeds 1 to N, or with those listed, and report over all.")
  private String seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder (default: runs/<name>-<time>).")
  private Path out;

  @Option(names = "--overwrite", description = "Replace an earlier run in --out.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print the report as JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    ResolvedExperiment resolved = experiment.resolve();
    Experiment e = resolved.experiment();
    List<Long> all = Seeds.parse(seeds, e.seed());
    Console console = Console.standardError(quiet);
    try (RunFolder folder = open(e)) {
      console.line("run folder: " + folder.path());
      RunReport report = new RunExperiment(resolved, folder, console).run(all, facts());
      folder.finish();
      spec.commandLine().getOut().print(json ? ReportJson.of(report) : ReportTable.of(report));
      spec.commandLine().getOut().flush();
    }
    return Exit.OK;
  }

  private RunFolder open(Experiment e) {
    return out == null
        ? RunFolder.create(Path.of("runs"), e.name())
        : RunFolder.create(out, overwrite);
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    if (seeds != null) {
      facts.put("--seeds", seeds);
    }
    if (!experiment.sets().isEmpty()) {
      facts.put("--set", String.join(" ", experiment.sets()));
    }
    if (experiment.variant() != null) {
      facts.put("--variant", experiment.variant());
    }
    return facts;
  }
}
