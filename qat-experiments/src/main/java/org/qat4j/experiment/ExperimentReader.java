package org.qat4j.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.qat4j.experiment.Yaml.Mapping;

/** Reads experiment files; docs/configuration.md describes them. */
public final class ExperimentReader {
  /** Problems of a sweep behind which no other variant is looked at. */
  private static final int ENOUGH = 100;

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
   * Reads what {@link ExperimentWriter} has written.
   *
   * @throws ExperimentException with all problems that are found
   */
  public static Experiment parse(String yaml) {
    List<Problem> problems = new ArrayList<>();
    Yaml parsed = new YamlParser("experiment", true, problems).parse(yaml);
    ExperimentException.stopAt(problems);
    Object experiment =
        new Binder(name -> null, problems).section((Mapping) parsed, Experiment.class, "");
    ExperimentException.stopAt(problems);
    return (Experiment) experiment;
  }

  /** Like {@link #parse}, for what is done with experiments of files. */
  public static ResolvedExperiment resolved(String yaml) {
    return new ResolvedExperiment(parse(yaml), Map.of("", Position.of("experiment")));
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

  /**
   * The experiments that a file with the key {@code sweep} describes, in its order; none where it
   * has no such key.
   *
   * @param file YAML
   * @param sets settings {@code key.path=value} laid over every variant
   * @throws ExperimentException with all problems that are found, each with its place
   */
  public static List<Variant> variants(Path file, List<String> sets) {
    return content(file, sets).variants();
  }

  /**
   * What a file describes.
   *
   * @param experiment the one experiment, or null where there are variants
   * @param variants of a sweep; empty where the file has no key {@code sweep}
   */
  public record Content(ResolvedExperiment experiment, List<Variant> variants) {
    public Content {
      variants = List.copyOf(variants);
    }
  }

  /**
   * Reads an experiment or a sweep, whichever it is, once.
   *
   * @param file YAML
   * @param sets settings {@code key.path=value} laid over the experiment or every variant
   * @throws ExperimentException with all problems that are found, each with its place
   */
  public static Content content(Path file, List<String> sets) {
    return new ExperimentReader(System::getenv).readContent(file, sets);
  }

  ResolvedExperiment resolved(Path file, List<String> sets) {
    List<Problem> problems = new ArrayList<>();
    Sources sources = new Sources(environment, problems);
    Mapping merged = sources.file(file).without(Variants.SWEEP);
    return bind(overlay(merged, sets, sources, problems), problems);
  }

  Content readContent(Path file, List<String> sets) {
    List<Problem> problems = new ArrayList<>();
    Sources sources = new Sources(environment, problems);
    Mapping whole = sources.file(file);
    Map<String, Mapping> changes = new Variants(problems).of(whole);
    ExperimentException.stopAt(problems);
    if (changes.isEmpty()) {
      Mapping merged = overlay(whole.without(Variants.SWEEP), sets, sources, problems);
      return new Content(bind(merged, problems), List.of());
    }
    List<Variant> variants = new ArrayList<>();
    Set<Problem> found = new LinkedHashSet<>();
    for (Map.Entry<String, Mapping> e : changes.entrySet()) {
      if (found.size() >= ENOUGH) {
        break; // what is wrong once is wrong in most of the others
      }
      Mapping changed = whole.without(Variants.SWEEP).overlaidBy(e.getValue());
      try {
        List<Problem> own = new ArrayList<>();
        Mapping merged =
            overlay(Variants.named(changed, e.getKey()), sets, new Sources(environment, own), own);
        variants.add(new Variant(e.getKey(), bind(merged, own)));
      } catch (ExperimentException wrong) {
        found.addAll(wrong.problems());
      }
    }
    ExperimentException.stopAt(List.copyOf(found));
    return new Content(null, variants);
  }

  private static Mapping overlay(
      Mapping file, List<String> sets, Sources sources, List<Problem> problems) {
    Mapping merged = file;
    for (String set : sets) {
      merged = merged.overlaidBy(sources.setting(set));
    }
    if (!sources.complete()) {
      ExperimentException.stopAt(problems);
    }
    return merged;
  }

  private ResolvedExperiment bind(Mapping merged, List<Problem> problems) {
    Binder binder = new Binder(environment, problems);
    Object experiment = binder.section(merged, Experiment.class, "");
    ExperimentException.stopAt(problems);
    return new ResolvedExperiment((Experiment) experiment, binder.positions());
  }
}
