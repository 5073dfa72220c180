package org.qat4j.layers;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.NoParamLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.layers.internal.host.PlainSetup;
import org.qat4j.layers.internal.plain.MultiHeadAttentionImpl;
import org.qat4j.numerics.internal.AttentionStep;

/**
 * Multi-head scaled dot-product self-attention (Vaswani et al., arXiv:1706.03762, equation (1)):
 * queries, keys and values [n, 3·c, t] side by side to [n, c, t], a softmax over the steps that are
 * not masked, and of these over the ones that a step sees. It has no parameters: a convolution over
 * one step in front makes queries, keys and values, and another one behind joins the heads. DL4J's
 * own layer back-propagates twice the gradient into what lies below it.
 */
public class MultiHeadAttentionLayer extends NoParamLayer {
  private static final long serialVersionUID = 1L;

  private int heads;
  private int prefix = AttentionStep.EVERYTHING;

  /** For DL4J's JSON reader. */
  public MultiHeadAttentionLayer() {}

  /**
   * @param heads equal parts of the channels, ≥ 1
   */
  public MultiHeadAttentionLayer(int heads) {
    if (heads < 1) {
      throw new QatException("attention has at least 1 head, not " + heads);
    }
    this.heads = heads;
  }

  /**
   * @param heads equal parts of the channels, ≥ 1
   * @param prefix first steps that every step sees, ≥ 0; of the steps behind them it sees none
   *     after itself, so that what comes next can be predicted (a prefix language model: Raffel et
   *     al., arXiv:1910.10683, figure 4)
   */
  public MultiHeadAttentionLayer(int heads, int prefix) {
    this(heads);
    if (prefix < 0) {
      throw new QatException("a prefix has 0 steps or more, not " + prefix);
    }
    this.prefix = prefix;
  }

  /** First steps that every step sees; {@link AttentionStep#EVERYTHING} by default. */
  public int getPrefix() {
    return prefix;
  }

  public void setPrefix(int prefix) {
    this.prefix = prefix;
  }

  /** Equal parts of the channels, each of which has weights of its own. */
  public int getHeads() {
    return heads;
  }

  public void setHeads(int heads) {
    this.heads = heads;
  }

  /** Channels of queries, of keys and of values, where the layer reads so many in all. */
  public int channels(long read) {
    if (read % (3L * heads) != 0) {
      throw new QatException(
          "attention with "
              + heads
              + " heads reads queries, keys and values side by side, a multiple of "
              + 3 * heads
              + " channels, not "
              + read);
    }
    return (int) (read / 3);
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(
        new MultiHeadAttentionImpl(conf, type), listeners, index, view, initialize);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType type) {
    if (!(type instanceof InputType.InputTypeRecurrent sequence)) {
      throw new QatException("attention reads sequences, not " + type);
    }
    return InputType.recurrent(
        channels(sequence.getSize()), sequence.getTimeSeriesLength(), sequence.getFormat());
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType type) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType type) {
    return new LayerMemoryReport.Builder(
            layerName, MultiHeadAttentionLayer.class, type, getOutputType(-1, type))
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }
}
