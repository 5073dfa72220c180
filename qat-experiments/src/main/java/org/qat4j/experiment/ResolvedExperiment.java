package org.qat4j.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.distillation.Distillation;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.internal.Topology;
import org.qat4j.pruning.Channels;
import org.qat4j.pruning.Pruner;
import org.qat4j.pruning.PruningSchedule;
import org.qat4j.pruning.Tokens;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.LayerSpec;

/**
 * An experiment and where its values stand, so that what only the network or the number of its
 * training steps can tell is reported with its line as well.
 *
 * @param experiment as read
 * @param positions of all values that were given, by paths such as {@code
 *     quantize.overrides[0].layer}; the empty path is that of the whole
 */
public record ResolvedExperiment(Experiment experiment, Map<String, Position> positions) {
  public ResolvedExperiment {
    positions = Map.copyOf(positions);
  }

  /**
   * Checks that every override matches a layer of the network and goes together with what is there.
   *
   * @param layers that can be quantized, as {@code Qat.layers} finds them
   * @throws ExperimentException with all overrides that cannot be
   */
  public void checkLayers(List<LayerInfo> layers) {
    List<Problem> problems = new ArrayList<>();
    List<LayerOverride> overrides = experiment.quantize().overrides();
    for (int i = 0; i < overrides.size(); i++) {
      LayerOverride override = overrides.get(i);
      if (layers.stream().noneMatch(layer -> layer.matches(override.match()))) {
        String path = path(i) + "." + override.selector();
        problems.add(new Problem(at(path), path + " " + override.noMatch(layers)));
      }
    }
    layers.forEach(layer -> applyOverrides(layer, problems));
    ExperimentException.stopAt(problems);
  }

  /**
   * Checks that the layers of the distillation are hidden layers of the network.
   *
   * @throws ExperimentException if one is not
   */
  public void checkTeaching(Model network) {
    TeacherSpec teacher = experiment.quantize().qat().distillation();
    if (teacher != null) {
      at(
          "quantize.qat.distillation.layers",
          () -> {
            Distillation.check(Topology.of(network), teacher.toSpec());
            return null;
          });
    }
  }

  /**
   * Checks that the network can be pruned as it is said.
   *
   * @param network of the experiment, not trained
   * @throws ExperimentException if it cannot; the message names the layer
   */
  public void checkPruning(Model network) {
    PruneSpec prune = experiment.prune();
    if (prune != null) {
      at(
          "prune",
          () -> {
            Topology topology = Topology.of(network);
            if (prune.vocabulary() > 0) {
              topology.inputs().forEach(input -> Tokens.check(topology, input));
            }
            if (prune.channels() > 0) {
              Channels.check(network, prune.channelRule());
            }
            if (prune.prunesFloatWeights() || prune.prunesQuantizedWeights()) {
              new Pruner(network, prune.weightRule(), PruningSchedule.immediately());
            }
            return null;
          });
    }
  }

  /**
   * When the network is pruned, in the terms of the library.
   *
   * @param steps of the training that prunes
   * @throws ExperimentException if the training is too short
   */
  public PruningSchedule toPruningSchedule(long steps) {
    return at("prune", () -> experiment.prune().toSchedule(steps));
  }

  /**
   * Does work that a value of the experiment is needed for.
   *
   * @param path of the value
   * @throws ExperimentException instead of a QatException, with the value's place
   */
  public <T> T at(String path, Supplier<T> work) {
    try {
      return work.get();
    } catch (QatException e) {
      throw new ExperimentException(List.of(new Problem(at(path), path + ": " + e.getMessage())));
    }
  }

  /** A problem with a value, at its place. */
  public ExperimentException problem(String path, String message, Exception cause) {
    ExperimentException problem =
        new ExperimentException(List.of(new Problem(at(path), path + " " + message)));
    problem.initCause(cause);
    return problem;
  }

  private void applyOverrides(LayerInfo layer, List<Problem> problems) {
    LayerSpec spec = experiment.quantize().layerSpec();
    for (int i = 0; i < experiment.quantize().overrides().size(); i++) {
      LayerOverride override = experiment.quantize().overrides().get(i);
      if (layer.matches(override.match())) {
        try {
          spec = override.applyTo(spec);
        } catch (QatException e) {
          String message = path(i) + " cannot change the layer " + layer.name() + ": ";
          problems.add(new Problem(at(path(i)), message + e.getMessage()));
        }
      }
    }
  }

  /**
   * How the network is quantized, in the terms of the library.
   *
   * @param totalSteps steps of the training under quantization
   * @throws ExperimentException if the schedule does not fit so many steps
   */
  public QuantSpec toQuantSpec(long totalSteps) {
    return at("quantize.qat", () -> experiment.quantize().toQuantSpec(totalSteps));
  }

  private static String path(int override) {
    return "quantize.overrides[" + override + "]";
  }

  /** Where a value stands, or else the section that would hold it. */
  private Position at(String path) {
    Position found = positions.get(path);
    int dot = path.lastIndexOf('.');
    return found != null ? found : at(dot < 0 ? "" : path.substring(0, dot));
  }
}
