package org.qat4j.layers;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.PlainSetup;
import org.qat4j.layers.internal.host.RowMajorTable;
import org.qat4j.layers.internal.plain.EmbeddingBagImpl;

/**
 * Sum or mean of the embeddings of a set of tokens: ids [n, length] to [n, nOut]. Id 0 is padding
 * and counts for nothing; a row of padding alone gives 0. No bias. DL4J has no such layer.
 */
public class EmbeddingBagLayer extends EmbeddingSequenceLayer {
  private static final long serialVersionUID = 1L;

  private boolean mean;

  /** For DL4J's JSON reader. */
  public EmbeddingBagLayer() {}

  /**
   * A bag without parameters yet.
   *
   * @param vocabulary number of ids, padding included
   * @param dimension length of an embedding
   * @param mean divide the sum by the number of tokens
   */
  @SuppressWarnings("this-escape") // setters of DL4J, which only store
  public EmbeddingBagLayer(int vocabulary, int dimension, boolean mean) {
    setNIn(vocabulary);
    setNOut(dimension);
    setActivationFn(new ActivationIdentity());
    this.mean = mean;
  }

  /** Whether the sum is divided by the number of tokens. */
  public boolean isMean() {
    return mean;
  }

  public void setMean(boolean mean) {
    this.mean = mean;
  }

  @Override
  public ParamInitializer initializer() {
    return RowMajorTable.INSTANCE;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward(getNOut());
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(new EmbeddingBagImpl(conf, type), listeners, index, view, initialize);
  }
}
