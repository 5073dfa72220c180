package org.qat4j.layers.internal.fast;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;

/**
 * DL4J's LSTM, computed faster: one product for all steps where the order of steps does not matter,
 * and loops in Java for what is computed value by value. The same parameters and, but for the order
 * of additions and the last places of tanh, the same values. Sequences of floats in NCW on the
 * host, with sigmoid and tanh, from a state of zeros; anything else is computed by DL4J as ever.
 */
public class FastLstm extends LSTM implements Maskable {
  private static final long serialVersionUID = 1L;

  private boolean masked;

  /** For DL4J's JSON reader. */
  public FastLstm() {}

  @Override
  public boolean isMasked() {
    return masked;
  }

  public void setMasked(boolean masked) {
    this.masked = masked;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(new FastLstmImpl(conf, type), listeners, index, view, initialize);
  }
}
