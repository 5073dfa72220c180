package org.qat4j.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.qat4j.experiment.Yaml.Mapping;

/** Reads experiment files; docs/configuration.md describes them. */
public final class ExperimentReader {
  private final UnaryOperator<String> environment;

  /**
   * @param environment value of a variable, or null if it is not set
   */
  ExperimentReader(UnaryOperator<String> environment) {
    this.environment = environment;
  }

  /**
   * The experiment of a file, with the files that it extends, defaults filled in and environment
   * variables replaced.
   *
   * @param file YAML
   * @param sets settings {@code key.path=value} laid over the file, the later over the earlier
   * @throws ExperimentException with all problems that are found, each with its place
   */
  public static Experiment read(Path file, List<String> sets) {
    return resolve(file, sets).experiment();
  }

  /** Like {@link #read}, and keeps where everything stands. */
  public static ResolvedExperiment resolve(Path file, List<String> sets) {
    return new ExperimentReader(System::getenv).resolved(file, sets);
  }

  /**
   * A section with nothing but defaults.
   *
   * @param type a record of this package without required components
   */
  public static <T extends Record> T defaults(Class<T> type) {
    List<Problem> problems = new ArrayList<>();
    Object section =
        new Binder(name -> null, problems).section(Mapping.empty(Position.DEFAULT), type, "");
    ExperimentException.stopAt(problems);
    return type.cast(section);
  }

  ResolvedExperiment resolved(Path file, List<String> sets) {
    List<Problem> problems = new ArrayList<>();
    Sources sources = new Sources(environment, problems);
    Mapping merged = sources.file(file);
    for (String set : sets) {
      merged = merged.overlaidBy(sources.setting(set));
    }
    if (!sources.complete()) {
      ExperimentException.stopAt(problems);
    }
    Binder binder = new Binder(environment, problems);
    Object experiment = binder.section(merged, Experiment.class, "");
    ExperimentException.stopAt(problems);
    return new ResolvedExperiment((Experiment) experiment, binder.positions());
  }
}
