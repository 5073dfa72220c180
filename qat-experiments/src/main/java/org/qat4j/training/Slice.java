package org.qat4j.training;

import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * One parameter in a step: all of its values, or those of the rows that the step has read.
 *
 * @param state which parameter
 * @param gradient its values as they lie in memory
 * @param values of the parameter itself, likewise; not to be changed
 */
record Slice(UpdaterBlock.ParamState state, INDArray gradient, Supplier<INDArray> values) {
  /** All values, views of those of the network. */
  static Slice of(UpdaterBlock.ParamState state, INDArray gradients, INDArray params) {
    INDArray values = part(state, params);
    return new Slice(state, part(state, gradients), () -> values);
  }

  private static INDArray part(UpdaterBlock.ParamState state, INDArray all) {
    return all.reshape(all.length())
        .get(NDArrayIndex.interval(state.getParamOffsetStart(), state.getParamOffsetEnd()));
  }

  /** What an optimizer does not touch is no gradient, such as the statistics of batches. */
  boolean isTrained() {
    return !(state.getLayer().getConfig().getUpdaterByParam(state.getParamName()) instanceof NoOp);
  }

  /** Whether it is a weight, and no bias. */
  boolean isWeight() {
    return state.getLayer().getConfig() instanceof Layer layer
        && layer.initializer().isWeightParam(layer, state.getParamName());
  }

  /** Whether its gradient is a sum over the texts of a step. */
  boolean isSummed() {
    return state.getLayer().updaterDivideByMinibatch(state.getParamName());
  }
}
