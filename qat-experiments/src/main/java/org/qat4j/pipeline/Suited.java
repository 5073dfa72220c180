package org.qat4j.pipeline;

import java.util.List;
import java.util.Locale;
import org.qat4j.data.DataShape;
import org.qat4j.data.Dataset;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.task.DatasetReader;

/**
 * An experiment whose network is known: as its file says, or, where that leaves it to the data, by
 * {@link NetworkRules}.
 *
 * @param resolved with a network
 * @param rules lines for people that say what follows from the data and why; empty where nothing
 *     does
 */
public record Suited(ResolvedExperiment resolved, List<String> rules) {
  public Suited {
    rules = List.copyOf(rules);
  }

  /**
   * Lets the network follow from the data where the file names none.
   *
   * @throws org.qat4j.experiment.ExperimentException if overrides do not fit the network
   */
  static Suited of(ResolvedExperiment resolved, Dataset data) {
    Experiment e = resolved.experiment();
    if (!(e.model() instanceof ModelSpec.Auto)) {
      return new Suited(resolved, List.of());
    }
    NetworkRules.Choice choice =
        NetworkRules.of(
            DataShape.of(data),
            e.train(),
            resolved.positions().keySet(),
            e.tune() != null || e.prune() != null);
    Experiment suited = e.withNetwork(choice.model(), choice.train());
    return new Suited(
        ExperimentCheck.checkLayers(new ResolvedExperiment(suited, resolved.positions())),
        choice.settings().stream()
            .map(s -> String.format(Locale.ROOT, "%s: %s  (%s)", s.key(), s.value(), s.why()))
            .toList());
  }

  /** The same from the data of the experiment, which are read. */
  public static Suited of(ResolvedExperiment resolved) {
    return of(resolved, DatasetReader.read(resolved.experiment().data()));
  }

  /** What follows from the data and why, and the network and training of the experiment. */
  public String explanation() {
    String why =
        rules.isEmpty()
            ? "The file names the network; nothing follows from the data.\n"
            : "The file names no network; it follows from the training texts:\n  "
                + String.join("\n  ", rules)
                + "\n";
    return why + "\n" + ExperimentWriter.network(resolved.experiment());
  }
}
