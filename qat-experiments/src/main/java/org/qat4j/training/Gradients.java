package org.qat4j.training;

import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

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
   * @param slices all parameters
   * @param summed gradients that are a sum over the texts of a step, without what is no gradient,
   *     such as the statistics of batches
   * @param texts of the step
   */
  void before(List<Slice> slices, Supplier<List<INDArray>> summed, int texts) {
    leaveOut(slices);
    if (regime.clip() < Double.POSITIVE_INFINITY) {
      double squares = 0;
      List<INDArray> all = summed.get();
      for (INDArray gradient : all) {
        double norm = gradient.norm2Number().doubleValue();
        squares += norm * norm;
      }
      double norm = Math.sqrt(squares) / texts;
      if (norm > regime.clip()) {
        all.forEach(gradient -> gradient.muli(regime.clip() / norm));
      }
    }
  }

  /**
   * Adds what weights decay by to what the optimizer made of the gradient (Loshchilov and Hutter,
   * arXiv:1711.05101, algorithm 2), but for frozen layers, and shortens the steps of layers further
   * in front (Howard and Ruder, arXiv:1801.06146, section 3.2): a step is proportional to the
   * learning rate in all of DL4J's optimizers but AdaDelta, which has none.
   */
  void behind(List<Slice> slices) {
    for (Slice slice : slices) {
      if (regime.weightDecay() > 0 && slice.isWeight()) {
        slice.gradient().addi(slice.values().get().mul(rate * regime.weightDecay()));
      }
      if (regime.layerDecay() < 1 && slice.isTrained()) {
        int depth = groups.depth(slice.state().getLayer().getConfig());
        slice.gradient().muli(Math.pow(regime.layerDecay(), depth));
      }
    }
    leaveOut(slices);
  }

  private void leaveOut(List<Slice> slices) {
    if (regime.frozen().isEmpty()) {
      return;
    }
    for (Slice slice : slices) {
      if (regime.isFrozen(groups.name(slice.state().getLayer().getConfig()))) {
        slice.gradient().assign(0);
      }
    }
  }
}
