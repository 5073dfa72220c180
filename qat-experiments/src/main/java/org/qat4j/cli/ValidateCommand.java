package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.qat4j.QatException;
import org.qat4j.data.DataFiles;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.experiment.Variant;
import org.qat4j.pipeline.ExperimentCheck;
import org.qat4j.qat.Preflight;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks experiment files without doing any work. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Checks experiment files and reports every error with its line.")
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "EXPERIMENT", description = "Experiment files.")
  private List<Path> files;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Change a key of each file.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--resolved",
      description = "Print each experiment with all defaults and inherited parts filled in.")
  private boolean resolved;

  @Option(
      names = "--network",
      description = {
        "Read the data as well, build the network, and print what will be quantized how, and why"
            + " not."
      })
  private boolean network;

  @Override
  public Integer call() {
    int exit = Exit.OK;
    for (Path file : files) {
      try {
        if (!check(file, spec.commandLine().getOut())) {
          exit = Exit.FAILED;
        }
      } catch (QatException e) {
        spec.commandLine().getErr().println(e.getMessage());
        exit = Exit.FAILED;
      }
    }
    return exit;
  }

  /** Whether the experiment, or each variant of a sweep, can be run. */
  private boolean check(Path file, PrintWriter out) {
    ExperimentReader.Content content = ExperimentCheck.content(file, sets);
    if (content.variants().isEmpty()) {
      return check(content.experiment(), file.toString(), out);
    }
    boolean fine = true;
    for (Variant variant : content.variants()) {
      fine &= check(variant.resolved(), file + ", " + variant.name(), out);
    }
    return fine;
  }

  private boolean check(ResolvedExperiment experiment, String name, PrintWriter out) {
    out.println(resolved ? ExperimentWriter.toYaml(experiment.experiment()) : name + ": ok");
    List<String> missing = DataFiles.missing(experiment.experiment().data());
    if (!resolved) {
      missing.forEach(message -> out.println("  but its data are not there: " + message));
    }
    if (!network) {
      return true;
    }
    ExperimentCheck.findings(experiment).forEach(finding -> finding.lines().forEach(out::println));
    Preflight preflight = ExperimentCheck.preflight(experiment);
    out.print(preflight);
    return preflight.isFine();
  }
}
