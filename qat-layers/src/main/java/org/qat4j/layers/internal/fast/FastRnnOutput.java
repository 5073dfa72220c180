package org.qat4j.layers.internal.fast;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;

/**
 * DL4J's output layer of every step, trained faster: steps that are masked are not multiplied, and
 * the loss is that of the pass which made the gradient, where DL4J computes everything once more.
 * The same parameters and, but for the order of additions, the same gradients. (With dropout its
 * random numbers fall on other values, and the loss is that with dropout.) Sequences of floats in
 * NCW on the host, masks that leave out whole steps; anything else is computed by DL4J as ever.
 */
public class FastRnnOutput extends RnnOutputLayer {
  private static final long serialVersionUID = 1L;

  /** For DL4J's JSON reader. */
  public FastRnnOutput() {}

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(
        new FastRnnOutputImpl(conf, type), listeners, index, view, initialize);
  }
}
