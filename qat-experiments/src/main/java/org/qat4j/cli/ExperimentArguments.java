package org.qat4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.pipeline.ExperimentCheck;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The experiment file of a command, with changes made on the command line. */
final class ExperimentArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "EXPERIMENT",
      description = "An experiment file, for example configs/things.yaml.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Change a key of the file, for example --set train.epochs=3. The value is read as YAML;"
            + " may be given several times."
      })
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Which variant is meant, where the file describes a sweep.")
  private String variant;

  /** Whether a file was named. */
  boolean hasFile() {
    return file != null;
  }

  Path file() {
    if (file == null) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'EXPERIMENT'");
    }
    return file;
  }

  List<String> sets() {
    return sets;
  }

  /** The variant that was named, or null. */
  String variant() {
    return variant;
  }

  /**
   * The experiment.
   *
   * @throws org.qat4j.QatException with every error of the file
   */
  ResolvedExperiment resolve() {
    return ExperimentCheck.resolve(file(), sets, variant);
  }
}
