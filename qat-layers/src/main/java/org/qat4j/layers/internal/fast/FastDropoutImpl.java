package org.qat4j.layers.internal.fast;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.DropoutLayer;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes {@link FastDropout}. */
final class FastDropoutImpl extends DropoutLayer {
  private static final long serialVersionUID = 1L;

  FastDropoutImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public void setMaskArray(INDArray mask) {
    // DL4J's layer would multiply by it as by a column.
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int minibatchSize) {
    return new Pair<>(mask, state);
  }
}
