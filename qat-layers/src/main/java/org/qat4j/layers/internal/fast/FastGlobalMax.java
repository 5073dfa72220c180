package org.qat4j.layers.internal.fast;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;

/**
 * DL4J's maximum over time, whose gradient goes to the first of the largest values without an array
 * that marks them. The same values and gradients. On the host and without a mask; anything else is
 * computed by DL4J as ever.
 */
public class FastGlobalMax extends GlobalPoolingLayer {
  private static final long serialVersionUID = 1L;

  /** For DL4J's JSON reader. */
  public FastGlobalMax() {}

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(
        new FastGlobalMaxImpl(conf, type), listeners, index, view, initialize);
  }
}
