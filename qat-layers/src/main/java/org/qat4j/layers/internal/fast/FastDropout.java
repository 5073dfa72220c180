package org.qat4j.layers.internal.fast;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;

/**
 * DL4J's dropout, which throws where a sequence has a mask. Here a mask is handed on and nothing
 * else: whoever reads a padded step leaves it out.
 */
public class FastDropout extends DropoutLayer {
  private static final long serialVersionUID = 1L;

  /** For DL4J's JSON reader. */
  public FastDropout() {}

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(new FastDropoutImpl(conf, type), listeners, index, view, initialize);
  }
}
