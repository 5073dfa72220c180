package org.qat4j.layers.internal.fast;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;

/**
 * DL4J's convolution over time, computed faster: the backward pass does not compute the forward
 * pass again, and follows only those outputs that have a gradient, which behind max pooling are
 * few. The same parameters and, but for the order of additions, the same values. Sequences in NCW
 * on the host, with ReLU or without activation function, without dropout of its own; anything else
 * is computed by DL4J as ever.
 */
public class FastConv1D extends Convolution1DLayer {
  private static final long serialVersionUID = 1L;

  /** For DL4J's JSON reader. */
  public FastConv1D() {}

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(new FastConv1DImpl(conf, type), listeners, index, view, initialize);
  }
}
