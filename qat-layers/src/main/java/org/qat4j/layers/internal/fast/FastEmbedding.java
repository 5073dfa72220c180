package org.qat4j.layers.internal.fast;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;
import org.qat4j.layers.internal.host.RowMajorTable;

/**
 * DL4J's embedding of token sequences, computed faster: rows of the table lie side by side, and the
 * gradient is added up row by row. The same values and gradients. On the host, without bias and
 * activation function; anything else is computed by DL4J as ever.
 */
public class FastEmbedding extends EmbeddingSequenceLayer {
  private static final long serialVersionUID = 1L;

  /** For DL4J's JSON reader. */
  public FastEmbedding() {}

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(
        new FastEmbeddingImpl(conf, type), listeners, index, view, initialize);
  }

  @Override
  public ParamInitializer initializer() {
    return RowMajorTable.INSTANCE;
  }
}
