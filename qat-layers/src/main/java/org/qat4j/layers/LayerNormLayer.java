package org.qat4j.layers;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.layers.internal.host.PlainSetup;
import org.qat4j.layers.internal.plain.LayerNormImpl;
import org.qat4j.layers.internal.plain.LayerNormParams;
import org.qat4j.numerics.internal.LayerNormStep;

/**
 * Layer normalization (Ba et al., arXiv:1607.06450, equations (3) and (4)) over the channels of
 * each step: [n, c] or [n, c, t] to the same shape, γ·(x − μ) / √(σ² + ε) + β with a gain γ and a
 * bias β for each channel; ε is 10⁻⁵ where nothing else is said. DL4J has no such layer.
 */
public class LayerNormLayer extends FeedForwardLayer {
  private static final long serialVersionUID = 1L;

  private double epsilon = LayerNormStep.EPSILON;

  /** For DL4J's JSON reader. */
  @SuppressWarnings("this-escape") // setters of DL4J, which only store
  public LayerNormLayer() {
    setActivationFn(new ActivationIdentity());
  }

  /**
   * @param channels of what is normalized
   */
  @SuppressWarnings("this-escape") // setters of DL4J, which only store
  public LayerNormLayer(int channels) {
    this();
    setNIn(channels);
    setNOut(channels);
  }

  /**
   * @param channels of what is normalized
   * @param epsilon added to the variance, above 0 and at most 1
   */
  @SuppressWarnings("this-escape") // setters of DL4J, which only store
  public LayerNormLayer(int channels, double epsilon) {
    this(channels);
    if (!(epsilon > 0 && epsilon <= 1)) {
      throw new QatException(
          "what is added to a variance is above 0 and at most 1, not " + epsilon);
    }
    this.epsilon = epsilon;
  }

  /** What is added to the variance. */
  public double getEpsilon() {
    return epsilon;
  }

  public void setEpsilon(double epsilon) {
    this.epsilon = epsilon;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return PlainSetup.connect(new LayerNormImpl(conf, type), listeners, index, view, initialize);
  }

  @Override
  public ParamInitializer initializer() {
    return new LayerNormParams();
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType type) {
    return type;
  }

  @Override
  public void setNIn(InputType type, boolean override) {
    if (getNIn() <= 0 || override) {
      long channels =
          type instanceof InputType.InputTypeRecurrent sequence
              ? sequence.getSize()
              : type.arrayElementsPerExample();
      setNIn(channels);
      setNOut(channels);
    }
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType type) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String key) {
    return false;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType type) {
    return new LayerMemoryReport.Builder(layerName, LayerNormLayer.class, type, type)
        .standardMemory(2 * getNIn(), 4 * getNIn())
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }
}
