package org.qat4j.training;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.qat4j.QatException;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.graph.internal.Topology;

/**
 * What all trainings of an experiment have in common.
 *
 * @param weightDecay what weights shrink by at each step, times the learning rate, ≥ 0
 * @param warmUp share of the steps in which the learning rate rises to where it falls from, in [0,
 *     1)
 * @param clip largest norm of the gradient of all parameters together, > 0; infinite where it is
 *     left as it is
 * @param frozen patterns of layers whose parameters stay as they are, with * for any characters
 * @param layerDecay factor of the learning rate of a group of layers over that of the group behind
 *     it, in (0, 1]; see {@link LayerGroups}
 * @param average share that the average of the parameters keeps of itself at each step, in [0, 1);
 *     the training ends with the average; 0 where it ends with the last parameters
 * @param lazyRows whether rows of tables that a step has not read stay as they are, whatever the
 *     optimizer knows of them
 * @param workers copies of the network that are trained beside each other ({@link ParallelPass})
 */
public record Regime(
    double weightDecay,
    double warmUp,
    double clip,
    List<String> frozen,
    double layerDecay,
    double average,
    boolean lazyRows,
    int workers) {
  /** Nothing of all this. */
  public static final Regime PLAIN =
      new Regime(0, 0, Double.POSITIVE_INFINITY, List.of(), 1, 0, false, 1);

  public Regime {
    frozen = List.copyOf(frozen);
    if (!(warmUp >= 0
        && warmUp < 1
        && average >= 0
        && average < 1
        && clip > 0
        && layerDecay > 0
        && layerDecay <= 1
        && weightDecay >= 0)) {
      throw new QatException(
          "a training has warmUp and average in [0, 1), layerDecay in (0, 1], weightDecay of 0 or"
              + " more, and clips at a norm above 0, not "
              + warmUp
              + ", "
              + average
              + ", "
              + layerDecay
              + ", "
              + weightDecay
              + " and "
              + clip);
    }
  }

  /** Whether the gradient of a step goes to the optimizer as it is. */
  boolean leavesGradients() {
    return frozen.isEmpty()
        && weightDecay == 0
        && clip == Double.POSITIVE_INFINITY
        && layerDecay == 1;
  }

  /**
   * Whether a table is updated at the rows alone that a step has read: where that is asked for, and
   * where all updates of the others would be 0 anyway, to the bit.
   */
  boolean isLazy(UpdaterBlock.ParamState table) {
    TrainingConfig layer = table.getLayer().getConfig();
    IUpdater updater = layer.getUpdaterByParam(table.getParamName());
    if (updater instanceof NoOp) {
      return false;
    }
    List<Regularization> regularization = layer.getRegularizationByParam(table.getParamName());
    boolean forgetsNothing = updater instanceof Sgd || updater instanceof AdaGrad;
    boolean shrinks = weightDecay > 0 || (regularization != null && !regularization.isEmpty());
    return lazyRows || (forgetsNothing && !shrinks && clip == Double.POSITIVE_INFINITY);
  }

  boolean isFrozen(String layer) {
    return layer != null && frozen.stream().anyMatch(pattern -> matches(pattern, layer));
  }

  private static boolean matches(String pattern, String layer) {
    return Stream.of(pattern.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.collectingAndThen(Collectors.joining(".*"), Pattern::compile))
        .matcher(layer)
        .matches();
  }

  /**
   * Checks that there are layers to freeze.
   *
   * @throws QatException if a pattern matches none with parameters
   */
  public void check(Model network) {
    List<String> layers =
        Topology.of(network).nodes().stream()
            .filter(LayerGroups::hasParameters)
            .map(Topology.Node::name)
            .toList();
    for (String pattern : frozen) {
      if (layers.stream().noneMatch(layer -> matches(pattern, layer))) {
        throw new QatException(
            "no layer with parameters matches \""
                + pattern
                + "\"; there are "
                + String.join(", ", layers));
      }
    }
  }

  /** Of an experiment. */
  public static Regime of(TrainSpec spec) {
    double clip = spec.clip() == 0 ? Double.POSITIVE_INFINITY : spec.clip();
    return new Regime(
        spec.weightDecay(),
        spec.warmUp(),
        clip,
        spec.frozen(),
        spec.layerDecay(),
        spec.average(),
        spec.lazyRows(),
        spec.workers());
  }
}
