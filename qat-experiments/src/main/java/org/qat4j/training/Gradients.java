package org.qat4j.training;

import java.util.List;
import java.util.function.BiConsumer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * What is done to the gradient of a step before and behind the optimizer. Parameters and gradient
 * are taken as they lie in memory: shapes and orders of the two may differ.
 */
final class Gradients {
  private final Regime regime;
  private double rate;

  private final LayerGroups groups;

  Gradients(Regime regime, LayerGroups groups) {
    this.regime = regime;
    this.groups = groups;
  }

  /** Sets the learning rate of the next step. */
  void setRate(double rate) {
    this.rate = rate;
  }

  /**
   * Leaves out frozen layers, and shortens what is left where it is too long: all of it by one
   * factor (Pascanu et al., arXiv:1211.5063, algorithm 1).
   *
   * @param all the gradient, a sum over the texts of a step
   * @param views of it without what is no gradient, such as the statistics of batches
   * @param texts of the step
   */
  void before(List<UpdaterBlock> blocks, INDArray all, List<INDArray> views, int texts) {
    leaveOut(blocks, all);
    if (regime.clip() < Double.POSITIVE_INFINITY) {
      double squares = 0;
      for (INDArray view : views) {
        double norm = view.norm2Number().doubleValue();
        squares += norm * norm;
      }
      double norm = Math.sqrt(squares) / texts;
      if (norm > regime.clip()) {
        views.forEach(view -> view.muli(regime.clip() / norm));
      }
    }
  }

  /**
   * Adds what weights decay by to what the optimizer made of the gradient (Loshchilov and Hutter,
   * arXiv:1711.05101, algorithm 2), but for frozen layers, and shortens the steps of layers further
   * in front (Howard and Ruder, arXiv:1801.06146, section 3.2): a step is proportional to the
   * learning rate in all of DL4J's optimizers but AdaDelta, which has none.
   */
  void behind(List<UpdaterBlock> blocks, INDArray all, INDArray params) {
    if (regime.weightDecay() > 0) {
      each(
          blocks,
          all,
          (state, part) -> {
            if (isWeight(state)) {
              part.addi(part(state, params).mul(rate * regime.weightDecay()));
            }
          });
    }
    if (regime.layerDecay() < 1) {
      each(
          blocks,
          all,
          (state, part) -> {
            if (isTrained(state)) {
              int depth = groups.depth(state.getLayer().getConfig());
              part.muli(Math.pow(regime.layerDecay(), depth));
            }
          });
    }
    leaveOut(blocks, all);
  }

  /** What an optimizer does not touch is no gradient, such as the statistics of batches. */
  private static boolean isTrained(UpdaterBlock.ParamState state) {
    return !(state.getLayer().getConfig().getUpdaterByParam(state.getParamName()) instanceof NoOp);
  }

  private static boolean isWeight(UpdaterBlock.ParamState state) {
    return state.getLayer().getConfig() instanceof Layer layer
        && layer.initializer().isWeightParam(layer, state.getParamName());
  }

  private void leaveOut(List<UpdaterBlock> blocks, INDArray all) {
    if (!regime.frozen().isEmpty()) {
      each(
          blocks,
          all,
          (state, part) -> {
            if (regime.isFrozen(groups.name(state.getLayer().getConfig()))) {
              part.assign(0);
            }
          });
    }
  }

  private static void each(
      List<UpdaterBlock> blocks, INDArray all, BiConsumer<UpdaterBlock.ParamState, INDArray> work) {
    for (UpdaterBlock block : blocks) {
      for (UpdaterBlock.ParamState state : block.getLayersAndVariablesInBlock()) {
        work.accept(state, part(state, all));
      }
    }
  }

  /** Of all values the ones of a parameter, a view. */
  private static INDArray part(UpdaterBlock.ParamState state, INDArray all) {
    return all.reshape(all.length())
        .get(NDArrayIndex.interval(state.getParamOffsetStart(), state.getParamOffsetEnd()));
  }
}
